//! Words known without the catalogue: an ordinary word is seldom a misspelt name, so `plates` is
//! not taken for `slates` only because the company has no plates.
//!
//! To add words, append them to [`ORDINARY`]; singular, lower case.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Whether a supplier's name means the same with and without the word.
pub(super) fn is_legal_form(word: &str) -> bool {
    has(LEGAL_FORMS, word)
}

const LEGAL_FORMS: &str = "
ltd limited inc incorporated llc llp plc gmbh corp corporation co company sa sl sas sarl bv nv ag
srl
";

/// Whether a word may stand around a name without belonging to it.
pub(super) fn is_courtesy(word: &str) -> bool {
    has(COURTESIES, word)
}

const COURTESIES: &str = "
please pls plz thanks thank you some any more our my those these that this asap sku code item
product supplier por favor gracias
";

fn has(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|known| known == word)
}

/// Words of requests and questions; in a text they end a name rather than belong to it.
pub(super) fn is_request(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> =
        LazyLock::new(|| REQUESTS.split_ascii_whitespace().collect());
    WORDS.contains(word)
}

const REQUESTS: &str = "
i we me us he she it they you your his her its their who what when where which why how whose is are
was were be been am do does did have has had can could will would should shall may might must
need want get got give gave take took make made let put set add remove send sent show tell ask say
said see saw know think look find check order reorder buy purchase update count report run stop
start pause resolve close acknowledge clear stock inventory level levels quantity amount many much
left available availability there here now today yesterday tomorrow week month year day days from
to at on in by about into over under between before after since until than then but or so if not no
yes ok okay hi hello hey good morning afternoon evening just only also again still already all each
every lots few less least most too very really quickly soon hay cuanto cuantos cuanta cuantas queda
quedan tenemos necesito necesitamos quiero pedir comprar pide compra ver muestra dame dime donde que
como cual en por hoy ayer ahora se un una unos unas mi su es son esta estan
alert alerts warning warnings supplier suppliers performance delivery deliveries late overdue
";

/// Measures and packages that lead a name: `boxes of …`.
pub(super) fn is_package(stem: &str) -> bool {
    has(PACKAGES, stem)
}

const PACKAGES: &str = "
box cas crat pack packet pallet carton bag bottle roll unit piec pc pcs piece crate case tin can
jar tub sack caja paquete bolsa botella rollo
";

/// Ordinary words of goods, people and offices.
pub(super) fn ordinary() -> impl Iterator<Item = &'static str> {
    ORDINARY.split_ascii_whitespace()
}

const ORDINARY: &str = "
g kg mg l ml cl m mm cm km v w a s xs xl xxl in ft oz lb gb mb tb kw ah
black white red blue green yellow orange purple pink brown grey gray silver gold golden beige navy
cream clear dark light bright pale matt matte glossy shiny plain striped
small medium large extra mini micro jumbo giant long short wide narrow thick thin tall deep heavy
big little double single triple half full round square flat oval curved straight
new old fresh dry wet cold hot warm cool frozen raw cooked smoked salted sweet sour spicy bitter
soft hard strong weak rigid flexible elastic sharp blunt fine coarse rough smooth clean dirty
wood wooden metal metallic steel iron brass copper bronze tin lead zinc chrome nickel aluminium
aluminum plastic rubber glass paper cardboard cotton wool woolen silk linen leather nylon polyester
acrylic vinyl latex nitrile ceramic stone marble granite concrete cement sand gravel clay bamboo
cork foam felt fleece denim canvas velvet lace mesh wire rope string cord chain cable tape glue
paste paint ink dye oil grease wax soap salt sugar flour rice pasta bread cake biscuit cookie
butter cheese milk yogurt egg meat beef pork lamb chicken turkey duck fish salmon tuna cod shrimp
prawn crab bean pea lentil corn wheat oat barley rye nut almond peanut cashew walnut seed apple
pear peach plum cherry grape lemon lime orange banana mango melon berry strawberry tomato potato
carrot onion garlic pepper chilli lettuce spinach cabbage celery leek mushroom cucumber olive
pickle herb mint basil thyme parsley sauce soup stew curry honey jam jelly syrup vinegar mustard
ketchup mayonnaise coffee tea cocoa chocolate juice water soda beer wine cider whisky rum gin vodka
bolt nut screw nail rivet washer pin peg hook hinge bracket clamp clip latch lock key knob handle
lever valve pipe tube hose tap pump filter seal gasket ring bearing belt gear wheel tyre tire axle
brake clutch spring shaft rod bar beam plate sheet panel board plank slate tile brick block slab
hammer drill saw file rasp plane chisel wrench spanner plier screwdriver knife blade scissors axe
shovel spade rake broom mop brush bucket basket bin box crate pallet case carton bag sack pouch
pack packet wrap film foil roll reel spool ladder trolley cart truck van car lorry bike boat
battery charger lamp bulb torch lantern fuse switch socket plug adapter sensor motor engine fan
heater cooler fridge freezer oven stove kettle toaster mixer blender grill pan pot lid tray dish
bowl cup mug saucer jug bottle flask jar can fork spoon straw napkin towel cloth rag sponge wipe
bleach detergent cleaner polish spray gel lotion cream shampoo perfume tissue bandage plaster gauze
swab syringe needle mask glove gown apron boot shoe sandal slipper sock hat cap helmet scarf coat
jacket vest shirt blouse skirt dress trouser jean short sweater hoodie suit tie button zip thread
yarn fabric curtain blind carpet rug mat pillow cushion blanket quilt duvet mattress bed chair
stool bench table desk shelf rack cabinet drawer wardrobe mirror frame picture poster card label
sticker stamp envelope folder binder notebook pad pen pencil marker crayon eraser ruler stapler
staple toner printer scanner phone tablet laptop computer monitor screen keyboard mouse speaker
headphone microphone camera lens tripod drone toy doll ball bat racket net puzzle book magazine
candle match lighter flower plant tree soil compost fertilizer hoe trowel fence gate rail door
window wall floor roof gutter sink basin bath shower toilet mast sail tent lantern whistle bell
carter hansen jensen jansen larsen olsen nielsen smith jones taylor brown davies evans wilson
thomas roberts johnson walker wright thompson hughes edwards clarke harris lewis young king allen
scott adams baker nelson hill campbell mitchell carr parker collins stewart morris rogers reed cook
morgan bell murphy bailey cooper richards cox howard ward peters gray james watson brooks kelly
sanders price bennett wood barnes ross henderson coleman jenkins perry powell long foster butler
simmons russell griffin hayes myers ford hamilton graham sullivan wallace west cole hunter hart
garcia martinez lopez perez sanchez ramirez torres flores rivera gomez diaz cruz reyes morales
ortiz gutierrez ramos ruiz alvarez mendoza castillo vargas silva santos costa ferreira pereira
rossi russo ferrari bianchi romano muller schmidt schneider fischer weber meyer wagner becker
schulz hoffmann koch bauer richter klein wolf schroeder neumann schwarz zimmermann braun kruger
hofmann hartmann lange werner krause lehmann martin bernard dubois petit durand leroy moreau simon
laurent lefebvre michel tanaka suzuki sato takahashi watanabe yamamoto nakamura kobayashi kato
yoshida yamada sasaki yamaguchi kim lee park choi chen wang li zhang liu yang huang zhao wu zhou
foods farms tools textiles electronics packaging supplies supply trading industries industrial
logistics imports exports brothers sons group partners services systems solutions wholesale retail
market store shop warehouse depot factory office street road city north south east west central
weather leather heather tether water wait weight height light night right sight might fight
love live life wife like hike bike home hope hole help heal heat seat meal deal real feel fall call
ball tall talk walk work word world worth war warm farm form from time team term turn burn born corn
people person child man woman boy girl friend family mother father house room money price cost pay
bill bank bonus job boss meeting holiday vacation salary shift break lunch dinner breakfast music
movie game story news phone number email password question answer problem idea reason example
play read write speak listen watch learn teach study sleep wake drive ride fly swim sing dance
happy sad angry tired sick ill fine great nice kind funny cute smart fast slow early first last next
another other same different better best worse worst enough several both either never always often
global national international royal star sun moon sea ocean river lake mountain valley forest
";
