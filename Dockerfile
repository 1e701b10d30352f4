# GridGuard: the service alone. docker-compose.yml runs it with PostgreSQL, Redis, InfluxDB and Mosquitto; alone it brings a
# PostgreSQL of its own, with its data in /data.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --include=dev --include=optional --no-audit --no-fund
COPY tsconfig.json LICENSE ./
COPY protocols ./protocols
COPY alert-rules ./alert-rules
COPY device-sim ./device-sim
COPY src ./src
RUN node_modules/.bin/vite build --config src/web/vite.config.ts --logLevel warn
# The image has its own Node 24, and the pages are built.
RUN npm prune --omit=dev --no-audit --no-fund \
  && rm -rf node_modules/node-linux-* node_modules/.bin/node src/web \
  && mkdir ../data

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data DEMO=0
COPY --from=build /app ./
COPY --from=build --chown=node:node /data /data
USER node
VOLUME /data
EXPOSE 8080 1883 5010 5013 5013/udp 5015 5023 5024 5062 5064 5064/udp 5093 5164 5187 5199 5203 5230/udp 5233 5264 5296 5300
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8080}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
