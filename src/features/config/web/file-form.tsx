/** A file as form: a jail's options, or those of a filter or an action. */
import type { Finding } from './config-query.ts';
import { DefinitionForm } from './definition-form.tsx';
import { JailForm } from './jail-form.tsx';
import type { OpenFile } from './use-open-file.ts';

interface FileFormProps {
  file: OpenFile;
  jail: string | null;
  findings: readonly Finding[];
  /** It is being applied. */
  busy: boolean;
}

export function FileForm({ file, jail, findings, busy }: FileFormProps) {
  return (
    // what a form cannot change is greyed as a whole, and still read
    <fieldset className="form" disabled={file.locked !== null || busy}>
      {jail === null ? (
        <DefinitionForm file={file} findings={findings} />
      ) : (
        <JailForm file={file} jail={jail} findings={findings} />
      )}
    </fieldset>
  );
}
