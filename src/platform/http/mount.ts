/** What a feature sees of the HTTP server: endpoints go in, calls come out. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Endpoint, EndpointInput, EndpointOutput } from '../../base/endpoint.ts';

/** Who calls. */
export interface Actor {
  userId: number;
  name: string;
  role: string;
}

export interface Call {
  /** The client's address, canonical, after the trusted proxies. */
  client: string;
  /** Addresses between the client and us: the peer of the connection and trusted proxies; empty when direct. */
  proxies: readonly string[];
  /** True when a forwarding header came from a peer that is not trusted: `client` is then the proxy, not the person. */
  forwardedUntrusted: boolean;
  /** Never null behind `access: 'session'`. */
  actor: Actor | null;
  correlationId: string;
  /** For cookies, headers and streams only. */
  request: FastifyRequest;
  reply: FastifyReply;
}

export type Handler<E extends Endpoint> = (
  input: EndpointInput<E>,
  call: Call,
) => EndpointOutput<E> | Promise<EndpointOutput<E>>;

/** Adds one endpoint: parsing, guard, answer and OpenAPI entry follow from its description. */
export type Mount = <E extends Endpoint>(endpoint: E, handler: Handler<E>) => void;
