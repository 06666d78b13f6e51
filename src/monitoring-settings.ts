/** The settings of metrics and log shipping, and what their combinations mean. */
import { choice, flag, secret, serviceUrl, text, wholeNumber, type Setting } from './setting.ts';

export const monitoringSettings = {
  metricsEnabled: flag({
    name: 'METRICS_ENABLED',
    fallback: true,
    sentence: 'Serves figures for Prometheus at `/metrics`.',
  }),
  metricsToken: secret({
    name: 'METRICS_TOKEN',
    length: 16,
    shownDefault: '',
    sentence:
      'What Prometheus sends as bearer token. Without one, `/metrics` answers this machine and signed-in sessions only.',
  }),
  externalLoggingEnabled: flag({
    name: 'EXTERNAL_LOGGING_ENABLED',
    fallback: false,
    sentence: 'Sends log lines to a log service as well. Standard output never depends on it.',
  }),
  externalLoggingProvider: choice({
    name: 'EXTERNAL_LOGGING_PROVIDER',
    of: ['loki', 'elasticsearch', 'datadog', 'syslog'],
    fallback: null,
    sentence: 'Kind of the log service; Papertrail is `syslog`.',
  }),
  externalLoggingUrl: serviceUrl({
    name: 'EXTERNAL_LOGGING_URL',
    schemes: ['http', 'https', 'tcp', 'tls', 'udp'],
    sentence:
      'Where the log service is: `http` or `https` for Loki, Elasticsearch and Datadog (whose public intake is the default); `tcp`, `tls` or `udp` with a port for syslog.',
  }),
  externalLoggingToken: secret({
    name: 'EXTERNAL_LOGGING_TOKEN',
    length: 8,
    shownDefault: '',
    sentence:
      'API key of Datadog or Elasticsearch, bearer token of Loki; written as `name:password` it is sent as basic authentication.',
  }),
  externalLoggingHost: text({
    name: 'EXTERNAL_LOGGING_HOST',
    fallback: null,
    sentence: 'Syslog receiver, reached over TCP; `BANGUI_EXTERNAL_LOGGING_URL` instead for TLS or UDP.',
  }),
  externalLoggingPort: wholeNumber({
    name: 'EXTERNAL_LOGGING_PORT',
    from: 1,
    to: 65_535,
    fallback: 514,
    sentence: 'Port of `BANGUI_EXTERNAL_LOGGING_HOST`.',
  }),
  externalLoggingIndex: text({
    name: 'EXTERNAL_LOGGING_INDEX',
    fallback: 'bangui',
    sentence: 'Index or data stream of Elasticsearch that lines are written to.',
  }),
  externalLoggingBufferSize: wholeNumber({
    name: 'EXTERNAL_LOGGING_BUFFER_SIZE',
    from: 10,
    to: 100_000,
    fallback: 1000,
    sentence: 'Lines kept while the log service is away; further ones are dropped and counted.',
  }),
  externalLoggingFlushIntervalSeconds: wholeNumber({
    name: 'EXTERNAL_LOGGING_FLUSH_INTERVAL_SECONDS',
    from: 1,
    to: 3600,
    fallback: 5,
    sentence: 'How often waiting lines are sent; sooner when many wait.',
  }),
  externalLoggingRequired: flag({
    name: 'EXTERNAL_LOGGING_REQUIRED',
    fallback: false,
    sentence: 'Refuses to start when the log service does not take the first lines.',
  }),
};

type Settings = typeof monitoringSettings;
type Read = <K extends keyof Settings, T>(key: K, setting: Setting<T>) => T;
export type MonitoringConfig = { readonly [K in keyof Settings]: Settings[K]['fallback'] };

export function readMonitoring(read: Read): MonitoringConfig {
  const known = monitoringSettings;
  return {
    metricsEnabled: read('metricsEnabled', known.metricsEnabled),
    metricsToken: read('metricsToken', known.metricsToken),
    externalLoggingEnabled: read('externalLoggingEnabled', known.externalLoggingEnabled),
    externalLoggingProvider: read('externalLoggingProvider', known.externalLoggingProvider),
    externalLoggingUrl: read('externalLoggingUrl', known.externalLoggingUrl),
    externalLoggingToken: read('externalLoggingToken', known.externalLoggingToken),
    externalLoggingHost: read('externalLoggingHost', known.externalLoggingHost),
    externalLoggingPort: read('externalLoggingPort', known.externalLoggingPort),
    externalLoggingIndex: read('externalLoggingIndex', known.externalLoggingIndex),
    externalLoggingBufferSize: read('externalLoggingBufferSize', known.externalLoggingBufferSize),
    externalLoggingFlushIntervalSeconds: read(
      'externalLoggingFlushIntervalSeconds',
      known.externalLoggingFlushIntervalSeconds,
    ),
    externalLoggingRequired: read('externalLoggingRequired', known.externalLoggingRequired),
  };
}
