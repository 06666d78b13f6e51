/** Keeps what fail2ban's readers answered until a file of the configuration changes, comes or goes. */
import { createReaders } from './ask-readers.ts';
import type { FileKind } from './change.ts';
import { folderStamp, type FolderStamp } from './config-folder.ts';
import { readDefinition, type DefinitionOutcome } from './definitions.ts';
import { createEffective, type ConfigReading } from './effective.ts';
import { parseConfigFile } from './parse-config-file.ts';

export interface ConfigReader {
  /** Never throws for what the files hold. */
  read(): Promise<ConfigReading>;
  /** `name` without an ending. */
  definition(kind: Extract<FileKind, 'filter' | 'action'>, name: string): Promise<DefinitionOutcome>;
  /** Ends what runs. */
  close(): Promise<void>;
}

interface Kept {
  stamp: FolderStamp;
  reading: Promise<ConfigReading> | null;
  definitions: Map<string, Promise<DefinitionOutcome>>;
}

/** `program` is the path of fail2ban-server, for its Python; null: on PATH. */
export function createConfigReader({
  configDir,
  program,
}: {
  configDir: string;
  program: string | null;
}): ConfigReader {
  const readers = createReaders({ program });
  const deps = { configDir, readers };
  const readEffective = createEffective(deps);
  let kept: Kept | null = null;

  const now = async (): Promise<Kept> => {
    const stamp = await folderStamp(configDir);
    const isAsItWas = kept?.stamp.settled === true && kept.stamp.text === stamp.text;
    if (kept === null || !isAsItWas) kept = { stamp, reading: null, definitions: new Map() };
    return kept;
  };

  return {
    async read() {
      const mine = await now();
      mine.reading ??= readEffective(mine.stamp);
      const reading = await mine.reading;
      // What failed for want of time or memory may go well the next time.
      if (reading.failure !== null) mine.reading = null;
      return reading;
    },
    async definition(kind, name) {
      if (parseConfigFile(kind, `${name}.conf`) === null) return { kind: 'missing' };
      const path = `${kind}.d/${name}`;
      const mine = await now();
      const work = mine.definitions.get(path) ?? readDefinition(deps, path);
      mine.definitions.set(path, work);
      const outcome = await work;
      if (outcome.kind === 'failure') mine.definitions.delete(path);
      return outcome;
    },
    close: readers.close,
  };
}
