# The commands of the project; `make help` lists them. What they do lies in deploy/dev/.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: up demo down fresh test bench servers servers-down test-servers help

up: ## set up and start everything on this machine, then show a conversation
	@deploy/dev/up.sh

demo: ## a conversation of all that the running demo company can be asked
	@deploy/dev/demo.sh

down: ## stop what `make up` started (the data stays)
	@deploy/dev/down.sh

fresh: ## stop it and forget its data: the next `make up` begins anew
	@deploy/dev/down.sh --purge

test: ## formatting, lints and all tests, on private servers
	@deploy/dev/test.sh

bench: ## how fast it is, as ratios to a reference of the same run
	@deploy/dev/bench.sh

servers: ## keep a PostgreSQL and a RabbitMQ running for `cargo test`, and print their addresses
	@deploy/dev/install.sh database broker
	@deploy/dev/servers.sh up --dir .run/by-hand --fast
	@sed -n 's/^\(DATABASE_URL\|AMQP_URL\)=/export TEST_&/p' .run/by-hand/env

servers-down: ## stop the servers of `make servers`
	@deploy/dev/servers.sh down --dir .run/by-hand --purge

test-servers: ## try the scripts that start and stop servers (two minutes)
	@deploy/dev/servers-test.sh

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "make %-14s %s\n", $$1, $$2 }'
