/**
 * The parts of prom-client that are used, by themselves: its index also loads what reports on a whole process, a summary
 * with its quantile digest, and a client for gateways, 88 kB and half a dozen modules of Node.
 */

declare module 'prom-client/lib/counter.js' {
  export { Counter as default } from 'prom-client';
}

declare module 'prom-client/lib/gauge.js' {
  export { Gauge as default } from 'prom-client';
}

declare module 'prom-client/lib/histogram.js' {
  export { Histogram as default } from 'prom-client';
}
