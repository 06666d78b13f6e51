# The containers from the root of the repository, with `docker compose`. For a swarm: docker stack deploy -c Docker/docker-compose.yml bangui
.PHONY: up down logs test

COMPOSE = docker compose -f Docker/docker-compose.yml -f Docker/docker-compose.host.yml

up: ## builds the images and starts the three services; http://localhost:8080
	$(COMPOSE) up --detach --build

down: ## stops them; the volumes stay
	$(COMPOSE) down

logs: ## follows what they say, the code for set-up from another machine included
	$(COMPOSE) logs --follow --tail 100

test: ## every check and every test; needs no Docker
	npm test
