import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';

export interface Metrics {
  registry: Registry;
  countUplinks(read: () => Readonly<Record<string, number>>): void;
  countConnections(read: () => Readonly<Record<string, number>>): void;
  /** Figures of one outside server by their name, such as `connected`. */
  watchOutside(server: string, read: () => Readonly<Record<string, number>>): void;
}

/** Figures for Prometheus; each is read when it is asked for, so that the hot path keeps plain numbers. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    countUplinks(read) {
      new Counter({
        name: 'gridguard_uplinks_total',
        help: 'Uplinks since the start, by outcome',
        labelNames: ['outcome'],
        registers: [registry],
        collect() {
          this.reset();
          for (const [outcome, n] of Object.entries(read())) this.inc({ outcome }, n);
        },
      });
    },
    countConnections(read) {
      new Gauge({
        name: 'gridguard_connections',
        help: 'Connected devices, by listener',
        labelNames: ['listener'],
        registers: [registry],
        collect() {
          for (const [listener, n] of Object.entries(read())) this.set({ listener }, n);
        },
      });
    },
    watchOutside(server, read) {
      new Gauge({
        name: `gridguard_${server}`,
        help: `The outside ${server.replaceAll('_', ' ')}: connected, read by this process, messages received, stored and waiting`,
        labelNames: ['figure'],
        registers: [registry],
        collect() {
          for (const [figure, n] of Object.entries(read())) this.set({ figure }, n);
        },
      });
    },
  };
}
