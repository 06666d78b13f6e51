/** The W3C headers that carry a trace from one program to the next: read from callers, written on calls of ours. */
import type { IncomingHttpHeaders } from 'node:http';
import { defaultTextMapGetter, ROOT_CONTEXT, type Context } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';

const propagator = new W3CTraceContextPropagator();

/** With the caller's span, or empty: a header that is none starts a trace of our own. */
export function callerContext(headers: IncomingHttpHeaders): Context {
  return propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
}

/** `message` is what `fetch` announces on its diagnostics channel for each call that goes out. */
export function addTraceparent(message: unknown, context: Context | undefined): void {
  if (context === undefined || typeof message !== 'object' || message === null || !('request' in message))
    return;
  const { request } = message;
  if (typeof request !== 'object' || request === null || !('addHeader' in request)) return;
  const { addHeader } = request;
  if (typeof addHeader !== 'function') return;
  propagator.inject(context, request, {
    set: (_request, name, value) => void Reflect.apply(addHeader, request, [name, value]),
  });
}
