# The hub as it runs from source: Node 24, TypeScript without a server build, the browser application built once.
FROM node:24-bookworm-slim AS build
WORKDIR /hub
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
# The copy of the lock file tells `npx hub …` in the container that its packages are installed.
RUN npx vite build viewer && npm prune --omit=dev && cp package-lock.json node_modules/.hub-lock

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data
WORKDIR /hub
COPY --from=build /hub/package.json /hub/package-lock.json ./
COPY --from=build /hub/node_modules node_modules
COPY --from=build /hub/bin bin
COPY --from=build /hub/server server
COPY --from=build /hub/integrations integrations
COPY --from=build /hub/db db
COPY --from=build /hub/viewer/dist viewer/dist
RUN useradd --system --uid 10001 --home /data hub && install -d -o hub /data
USER hub
VOLUME /data
EXPOSE 8080 11112 2575
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "-e", "fetch('http://127.0.0.1:8080/readyz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "--max-semi-space-size=8", "server/main.ts"]
