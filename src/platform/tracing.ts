/**
 * Traces for an OpenTelemetry collector: HTTP calls by route, fail2ban's commands by verb, runs of jobs. Loaded only
 * when a collector is configured. Nothing is registered globally.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace';
import type { FastifyInstance } from 'fastify';
import type { Log } from '../base/log.ts';
import type { WatchCommand } from '../base/watch.ts';
import type { WatchRun } from './jobs/watch-runs.ts';
import { addTraceparent } from './tracing/traceparent.ts';
import { traceHttp } from './tracing/http.ts';

export interface Tracing {
  watchHttp: (app: FastifyInstance) => void;
  /** Only commands of a call or a run get a span: the poll of every second would bury them. */
  watchCommand: WatchCommand;
  watchRun: WatchRun;
  /** Sends what waits, for 2 s at most. */
  close(): Promise<void>;
}

const endMs = 2_000;
const tellMs = 60_000;

/** The endpoint, its headers and its time limit come from the standard `OTEL_EXPORTER_OTLP_*` variables. */
export function openTracing({ version, log }: { version: string; log: Log }): Tracing {
  const exporter = telling(new OTLPTraceExporter(), log);
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'bangui', 'service.version': version }))
    .merge(detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] }));
  const provider = new TracerProvider({ resource, spanProcessors: [new BatchSpanProcessor({ exporter })] });
  const tracer = provider.getTracer('bangui', version);
  const storage = new AsyncLocalStorage<Context>();
  const onOutgoing = (message: unknown): void => addTraceparent(message, storage.getStore());
  subscribe('undici:request:create', onOutgoing);

  return {
    watchHttp: traceHttp({ tracer, storage }),
    watchCommand(verb) {
      const parent = storage.getStore();
      if (parent === undefined) return () => {};
      const options = { kind: SpanKind.CLIENT, attributes: { 'fail2ban.verb': verb } };
      const span = tracer.startSpan(`fail2ban ${verb}`, options, parent);
      return (outcome) => {
        if (outcome !== 'ok') span.setStatus({ code: SpanStatusCode.ERROR, message: outcome });
        span.end();
      };
    },
    watchRun: (job, run) => async (signal) => {
      const span = tracer.startSpan(`job ${job}`, { attributes: { 'bangui.job': job } }, ROOT_CONTEXT);
      try {
        return await storage.run(trace.setSpan(ROOT_CONTEXT, span), () => run(signal));
      } catch (error) {
        span.setStatus({
          code: SpanStatusCode.ERROR,
          message: error instanceof Error ? error.name : 'failed',
        });
        throw error;
      } finally {
        span.end();
      }
    },
    async close() {
      unsubscribe('undici:request:create', onOutgoing);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, endMs);
      });
      // A failure to send was told by the exporter.
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      clearTimeout(timer);
    },
  };
}

/** Says that spans did not arrive, once a minute at most. */
function telling(exporter: SpanExporter, log: Log): SpanExporter {
  let toldAt = -Infinity;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.error !== undefined && performance.now() - toldAt > tellMs) {
          toldAt = performance.now();
          log.warn('traces_not_sent', { spans: spans.length, reason: result.error.message });
        }
        done(result);
      });
    },
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  };
}
