/** Announcements inside the process: features meet here instead of importing each other. */
import { EventEmitter } from 'node:events';
import type { Log } from '../base/log.ts';

export interface BanEvent {
  type: 'ban';
  host: string;
  jail: string;
  ip: string;
  /** ms. */
  at: number;
  /** ms; null = permanent. */
  expiresAt: number | null;
  count: number;
  /** As in `Place`. */
  country: string;
  asn: number;
  asName: string | null;
}

export interface UnbanEvent {
  type: 'unban';
  host: string;
  jail: string;
  ip: string;
  at: number;
}

/** Instead of thousands of single events: bans of a host changed in bulk, read the list again. */
export interface BansChangedEvent {
  type: 'bans_changed';
  host: string;
  banned: number;
  unbanned: number;
  at: number;
}

/** fail2ban's state or a counter changed; read the status again. */
export interface StatusEvent {
  type: 'status';
  host: string;
  at: number;
}

/** A step of a change of the configuration began or ended. */
export interface ConfigEvent {
  type: 'config';
  host: string;
  /** Null until the change has one. */
  revision: number | null;
  /** Below the configuration's folder: the first of the files. */
  path: string;
  step: string;
  outcome: string;
  at: number;
}

/** A run of a blocklist's import came on, or ended. */
export interface RunEvent {
  type: 'run';
  host: string;
  run: number;
  /** Null: of all lists together. */
  source: number | null;
  /** As in `features/blocklists/contract.ts`. */
  state: string;
  at: number;
}

/** Announcements of other instances may have been missed: read again what is shown. */
export interface ResyncEvent {
  type: 'resync';
  at: number;
}

export type AppEvent =
  BanEvent | UnbanEvent | BansChangedEvent | ConfigEvent | RunEvent | StatusEvent | ResyncEvent;

export interface Events {
  announce(event: AppEvent): void;
  /** Returns the way to stop listening. A listener that throws is logged and does not disturb the others. */
  listen(listener: (event: AppEvent) => void): () => void;
}

export function createEvents(log: Log): Events {
  const emitter = new EventEmitter().setMaxListeners(0);
  return {
    announce: (event) => void emitter.emit('event', event),
    listen(listener) {
      const guarded = (event: AppEvent): void => {
        try {
          listener(event);
        } catch (error) {
          log.error('event_listener_failed', { type: event.type, error });
        }
      };
      emitter.on('event', guarded);
      return () => void emitter.off('event', guarded);
    },
  };
}
