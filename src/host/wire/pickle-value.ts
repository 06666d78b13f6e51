/** Python values as plain data, and the one error for everything that cannot be one. */

/** Lists and tuples are both arrays; integers beyond 2^53 are bigints; dicts are Maps. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | Set<PickleValue>
  | PyGlobal
  | PyObject;

/** A name that Python would have imported. Here it is only a name. */
export interface PyGlobal {
  pyGlobal: string;
}

/** A call that Python would have made, e.g. an exception object. Here nothing is ever called. */
export interface PyObject {
  pyClass: string;
  args: PickleValue[];
  /** What BUILD would have put into the object. */
  state: PickleValue;
}

/** The bytes are no pickle that we accept, or the value is none that we write. */
export class PickleError extends Error {
  override readonly name = 'PickleError';
}

export const isPyObject = (value: PickleValue): value is PyObject =>
  typeof value === 'object' && value !== null && 'pyClass' in value;

export const isPyGlobal = (value: PickleValue): value is PyGlobal =>
  typeof value === 'object' && value !== null && 'pyGlobal' in value;
