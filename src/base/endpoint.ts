/** An endpoint as data. The server mounts it, the browser calls it, the OpenAPI page describes it. */
import type { z } from 'zod';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Endpoint {
  method: Method;
  /** Full path with `{name}` placeholders, e.g. `/api/v1/jails/{name}`. */
  path: string;
  /** One sentence for the OpenAPI page. */
  summary: string;
  tag: string;
  /** `anyone` needs no session; `session` answers 401 without one. */
  access: 'anyone' | 'session';
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  /** Most bytes of the body, where the usual 1 MiB is too few. */
  bodyLimit?: number;
  /** The body is `application/octet-stream`; the handler reads, and bounds, it from the call's request. */
  bytes?: true;
  /** Absent means an empty body (204). */
  output?: z.ZodType;
  /** Status of success. */
  status: 200 | 201 | 202 | 204;
}

/** Keeps the literal types of the schemas, so that handler and caller are checked against them. */
export const endpoint = <const E extends Endpoint>(description: E): E => description;

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;
type Given<S> = S extends z.ZodType ? z.input<S> : undefined;

/** What a handler receives after parsing. */
export interface EndpointInput<E extends Endpoint> {
  params: Parsed<E['params']>;
  query: Parsed<E['query']>;
  body: Parsed<E['body']>;
}

/** What a caller passes. */
export interface EndpointCall<E extends Endpoint> {
  params?: Given<E['params']>;
  query?: Given<E['query']>;
  body?: Given<E['body']>;
}

/** What a handler returns and a caller receives. */
export type EndpointOutput<E extends Endpoint> = E['output'] extends z.ZodType
  ? z.output<E['output']>
  : undefined;
