import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';

export interface Metrics {
  registry: Registry;
  countUplinks(read: () => Readonly<Record<string, number>>): void;
  countConnections(read: () => Readonly<Record<string, number>>): void;
  /** By protocol: readings that came too late for every rule that needs an order. */
  countTooLate(read: () => Readonly<Record<string, number>>): void;
  /** Figures of one outside server by their name, such as `connected`. */
  watchOutside(server: string, read: () => Readonly<Record<string, number>>): void;
}

/** Figures for Prometheus; each is read when it is asked for, so that the hot path keeps plain numbers. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const count = (
    { label, ...told }: { name: string; help: string; label: string },
    read: () => Readonly<Record<string, number>>,
  ) =>
    new Counter({
      ...told,
      labelNames: [label],
      registers: [registry],
      collect() {
        this.reset();
        for (const [value, n] of Object.entries(read())) this.inc({ [label]: value }, n);
      },
    });
  return {
    registry,
    countUplinks(read) {
      const help = 'Uplinks since the start, by outcome';
      count({ name: 'gridguard_uplinks_total', help, label: 'outcome' }, read);
    },
    countTooLate(read) {
      const help = 'Readings since the start that came too late for the rules, by protocol';
      count({ name: 'gridguard_readings_too_late_total', help, label: 'protocol' }, read);
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
