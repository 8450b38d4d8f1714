//! Chooses suppliers and quantities, draws up orders and places them. The rules stand in
//! docs/agents.md.
//!
//! - [`needs`]: how much is wanted.
//! - [`choice`]: which supplier.
//! - [`orders`]: drafts, yes and no, UNDO.
//! - [`standing`]: how an order stands, as the answer tells it.
//! - [`proposals`]: its own work, drafts of what runs low.

mod choice;
mod needs;
mod orders;
mod proposals;
mod standing;

use std::collections::HashMap;

use uuid::Uuid;
use wharf_domain::{
    contracts::{
        ReplyContent, Step,
        answers::{JobReport, NoSupplier, ReorderNotNeeded, SupplierChoice, SupplierNotFound},
    },
    entities::EntityName,
    ids::ExecutionId,
    intent::IntentType,
    period::Period,
};
use wharf_store::{
    AsyncPgConnection,
    products::Product,
    purchase_orders, supplier_scores,
    suppliers::{self, Offer, SupplierMatch},
};

use self::{
    choice::Candidate,
    needs::{Needs, Size},
};
use super::{Agent, AgentFailure, Request, Work, ask, lookup, not_mine};

/// Days that a supplier's on-time rate is taken from.
const RECORD_DAYS: u64 = 180;
/// Other suppliers that an answer lists.
const OTHERS: usize = 3;

/// See the module.
#[derive(Debug)]
pub(super) struct PurchaseOptimizer;

impl Agent for PurchaseOptimizer {
    async fn run(
        &self,
        conn: &mut AsyncPgConnection,
        request: &Request,
    ) -> Result<Work, AgentFailure> {
        let content = match (request.intent, request.step) {
            (IntentType::ReorderStock, Step::Confirmed { asked: Some(asked) }) => {
                orders::accept(conn, request, asked).await?
            }
            // A yes to nlp's question settles what was meant, not what it costs.
            (IntentType::ReorderStock, _) => reorder(conn, request).await?,
            _ => not_mine(request),
        };
        Ok(Work::done(content))
    }

    async fn decline(
        &self,
        conn: &mut AsyncPgConnection,
        request: &Request,
        asked: ExecutionId,
    ) -> Result<ReplyContent, AgentFailure> {
        orders::decline(conn, request, asked).await
    }

    async fn undo(
        &self,
        conn: &mut AsyncPgConnection,
        request: &Request,
        of: ExecutionId,
    ) -> Result<ReplyContent, AgentFailure> {
        orders::undo(conn, request, of).await
    }

    async fn job(
        &self,
        conn: &mut AsyncPgConnection,
        request: &Request,
    ) -> Result<JobReport, AgentFailure> {
        proposals::draw_up(conn, request).await
    }
}

/// What an order of a product is decided by: what is wanted, and who sells it.
struct Market {
    product: Product,
    needs: Needs,
    /// The best first.
    candidates: Vec<Candidate>,
}

impl Market {
    async fn of(
        conn: &mut AsyncPgConnection,
        request: &Request,
        product: Product,
        asked: Option<i64>,
    ) -> Result<Self, AgentFailure> {
        let needs = Needs::of(conn, request, &product).await?;
        let offers = suppliers::offers(conn, request.company_id(), &[product.id]).await?;
        let on_time = on_time(conn, request).await?;
        let candidates = candidates(request, &needs, offers, &on_time, asked);
        Ok(Self {
            product,
            needs,
            candidates,
        })
    }

    /// The names of those who sell it, best first.
    fn sellers(&self) -> Vec<String> {
        let names = self.candidates.iter().take(OTHERS);
        names.map(|one| one.offer.supplier.clone()).collect()
    }

    fn offer_of(&self, supplier: Uuid) -> Option<&Candidate> {
        let of = |candidate: &&Candidate| candidate.offer.supplier_id == supplier;
        self.candidates.iter().find(of)
    }
}

/// The offers, best first.
fn candidates(
    request: &Request,
    needs: &Needs,
    offers: Vec<Offer>,
    on_time: &HashMap<Uuid, f64>,
    asked: Option<i64>,
) -> Vec<Candidate> {
    let ours = &request.company.currency;
    let candidate = |offer: Offer| Candidate {
        on_time: on_time.get(&offer.supplier_id).copied(),
        fits: needs::fits(needs.size(&request.limits, ours, &offer, asked)),
        offer,
    };
    choice::rank(offers.into_iter().map(candidate).collect(), ours)
}

/// The suppliers' on-time rates, 0 to 1; one whose rate is not known is missing.
async fn on_time(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<HashMap<Uuid, f64>, AgentFailure> {
    let (today, zone) = (request.company_today(), request.company.time_zone);
    let period = Period::last(RECORD_DAYS, today);
    let company = request.company_id();
    let tallies = supplier_scores::tally(conn, company, period, today, zone).await?;
    let known = tallies
        .into_iter()
        .filter_map(|tally| Some((tally.supplier_id, tally.on_time_share()?)));
    Ok(known.collect())
}

/// Draws up an order of what the request names and places it or asks.
async fn reorder(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<ReplyContent, AgentFailure> {
    let (product, scope) = match lookup::subject(conn, request).await? {
        Ok(found) => found,
        Err(instead) => return Ok(*instead),
    };
    let Ok(asked) = quantity(request) else {
        return ask::missing(conn, request, EntityName::Quantity).await;
    };
    let named = match named_suppliers(conn, request).await? {
        Ok(named) => named,
        Err(instead) => return Ok(*instead),
    };
    // Two people who reorder one thing at once do so one after the other: the second sees the
    // first one's order.
    purchase_orders::hold(conn, request.company_id()).await?;
    let market = Market::of(conn, request, product, asked).await?;
    let is_named = |candidate: &&Candidate| {
        named
            .as_ref()
            .is_none_or(|named| named.ids.contains(&candidate.offer.supplier_id))
    };
    let Some(chosen) = market.candidates.iter().find(is_named) else {
        return Ok(ReplyContent::NoSupplier(NoSupplier {
            sku: market.product.sku.clone(),
            name: market.product.name.clone(),
            supplier: named.map(|named| named.words),
            sold_by: market.sellers(),
        }));
    };
    let (limits, ours) = (&request.limits, &request.company.currency);
    match market.needs.size(limits, ours, &chosen.offer, asked) {
        Size::Units {
            quantity,
            wanted,
            reason,
        } => {
            let order = orders::NewDraft {
                offer: &chosen.offer,
                quantity,
                wanted,
                reason,
                place: scope.named,
            };
            orders::draw_up(conn, request, &market, order).await
        }
        Size::Enough { target } => {
            let Market { product, needs, .. } = &market;
            Ok(ReplyContent::ReorderNotNeeded(ReorderNotNeeded {
                sku: product.sku.clone(),
                name: product.name.clone(),
                unit: product.unit.clone(),
                in_stock: needs.in_stock,
                on_order: needs.on_order,
                reorder_point: needs.plan.reorder_point,
                target,
                as_of: request.now,
            }))
        }
        // Nothing says how much sells, so only the user can say how many.
        Size::Unknown => ask::missing(conn, request, EntityName::Quantity).await,
    }
}

/// How many the user said; `Err` when it is no number of units to order.
fn quantity(request: &Request) -> Result<Option<i64>, ()> {
    let Some(text) = request.entities.get(EntityName::Quantity) else {
        return Ok(None);
    };
    let units = text.parse().ok().filter(|units: &i64| *units > 0);
    units.map(Some).ok_or(())
}

/// Suppliers that the user named.
struct Named {
    /// As the supplier is called, or in the user's words when they mean several.
    words: String,
    ids: Vec<Uuid>,
}

async fn named_suppliers(
    conn: &mut AsyncPgConnection,
    request: &Request,
) -> Result<lookup::Found<Option<Named>>, AgentFailure> {
    let Some(asked) = request.entities.get(EntityName::Supplier) else {
        return Ok(Ok(None));
    };
    Ok(
        match suppliers::find(conn, request.company_id(), asked).await? {
            SupplierMatch::One(one) => Ok(Some(Named {
                words: one.name,
                ids: vec![one.id],
            })),
            SupplierMatch::Several(several) => Ok(Some(Named {
                words: asked.to_owned(),
                ids: several.into_iter().map(|one| one.id).collect(),
            })),
            SupplierMatch::None { nearest } => {
                let not_found = SupplierNotFound {
                    asked: asked.to_owned(),
                    nearest,
                };
                Err(Box::new(ReplyContent::SupplierNotFound(not_found)))
            }
        },
    )
}

/// A candidate as an answer tells of it.
fn told(candidate: &Candidate) -> SupplierChoice {
    let offer = &candidate.offer;
    SupplierChoice {
        name: offer.supplier.clone(),
        unit_price: offer.unit_price.clone(),
        lead_time_days: offer.lead_time_days,
        minimum_quantity: offer.minimum_quantity,
        pack_size: offer.pack_size,
        on_time_percent: candidate.on_time.map(percent),
        preferred: offer.preferred,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share is 0 to 1, and `as` saturates"
)]
fn percent(share: f64) -> u8 {
    (share * 100.0).round() as u8
}
