/** Installs, changes or removes what enforces the lists; says what is written, and asks for the password. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCaller } from '../../../ui/app-context.tsx';
import { Button } from '../../../ui/button.tsx';
import type { Result } from '../../../ui/call.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import { LogText } from '../../../ui/log-text.tsx';
import { PasswordField } from '../../../ui/password-field.tsx';
import type { Problem } from '../../../ui/problem.ts';
import { ProblemNote } from '../../../ui/problem-note.tsx';
import { Segments } from '../../../ui/segments.tsx';
import { useToasts } from '../../../ui/toast.tsx';
import type * as contract from '../enforcement-contract.ts';
import { blocklistsKey, type Enforcement } from './blocklists-query.ts';

const allChains = ['INPUT', 'FORWARD', 'DOCKER-USER'] as const;
type Chain = (typeof allChains)[number];

interface EnforcementDialogProps {
  enforcement: Enforcement;
  onClose: () => void;
}

export function EnforcementDialog({ enforcement, onClose }: EnforcementDialogProps) {
  const { t } = useTranslation();
  const caller = useCaller();
  const toasts = useToasts();
  const queryClient = useQueryClient();
  const installed = enforcement.state !== 'absent';
  const [method, setMethod] = useState(enforcement.method ?? 'ipset');
  const [chosen, setChosen] = useState<readonly Chain[]>(
    enforcement.chains.length === 0 ? ['INPUT'] : enforcement.chains,
  );
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const there = enforcement.available_chains;

  const send = async (done: string, act: () => Promise<Result<unknown>>): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const result = await act();
    await queryClient.invalidateQueries({ queryKey: [blocklistsKey] });
    setBusy(false);
    if (!result.ok) return setProblem(result.problem);
    toasts.show({ tone: 'ok', title: done });
    onClose();
  };
  const install = (): void =>
    void send(t(installed ? 'lists.enforcement_changed' : 'lists.installed'), () =>
      caller.call<typeof contract.installEnforcement>('POST /api/v1/blocklists/enforcement', {
        body: { password, method, chains: [...chosen] },
      }),
    );
  const remove = (): void =>
    void send(t('lists.removed'), () =>
      caller.call<typeof contract.removeEnforcement>('DELETE /api/v1/blocklists/enforcement', {
        body: { password },
      }),
    );

  return (
    <Dialog
      title={t(installed ? 'lists.enforcement' : 'lists.install_title')}
      onClose={onClose}
      foot={
        <>
          {installed ? (
            <Button
              kind="danger"
              className="lists-foot-first"
              disabled={password === '' || busy}
              onClick={remove}
            >
              {t('lists.remove_enforcement')}
            </Button>
          ) : null}
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button kind="primary" disabled={password === '' || chosen.length === 0 || busy} onClick={install}>
            {t(busy ? 'lists.installing' : installed ? 'lists.change_enforcement' : 'lists.install')}
          </Button>
        </>
      }
    >
      <form
        className="lists-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (password !== '' && chosen.length > 0 && !busy) install();
        }}
      >
        <p>{t('lists.install_text')}</p>
        <div className="field">
          <span className="field-label">{t('lists.method')}</span>
          <div>
            <Segments
              label={t('lists.method')}
              value={method}
              onChange={setMethod}
              options={[
                { value: 'ipset', label: t('lists.methods.ipset') },
                { value: 'bans', label: t('lists.methods.bans') },
              ]}
            />
          </div>
          <span className="field-hint">{t(`lists.method_about.${method}`)}</span>
        </div>
        <fieldset className="lists-chains">
          <legend className="field-label">{t('lists.chains')}</legend>
          {allChains.map((chain) => {
            const missing = there !== null && !there.includes(chain);
            return (
              <label key={chain} className="lists-chain">
                <input
                  type="checkbox"
                  className="checkbox"
                  checked={chosen.includes(chain)}
                  disabled={missing && !chosen.includes(chain)}
                  onChange={(event) =>
                    setChosen(
                      allChains.filter((each) =>
                        each === chain ? event.target.checked : chosen.includes(each),
                      ),
                    )
                  }
                />
                <span className="mono">{chain}</span>
                <span className="small soft">
                  {t(missing ? 'lists.chain_missing' : `lists.chain_about.${chain}`)}
                </span>
              </label>
            );
          })}
        </fieldset>
        <PasswordField
          label={t('login.password')}
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          invalid={problem?.status === 403}
          hint={<span className="hint">{t('lists.password_hint')}</span>}
        />
        {problem === null ? null : (
          <ProblemNote problem={problem} title={t('lists.enforcement_not_changed')} />
        )}
        {problem === null ? null : <Findings problem={problem} />}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}

/** What the trial on a copy of the configuration found. */
function Findings({ problem }: { problem: Problem }) {
  const { findings } = problem.body;
  if (!Array.isArray(findings)) return null;
  const texts = findings.flatMap((finding: unknown) =>
    typeof finding === 'object' && finding !== null && 'message' in finding ? [String(finding.message)] : [],
  );
  return (
    <ul className="lists-examples">
      {[...new Set(texts)].map((text) => (
        <li key={text}>
          <LogText text={text} />
        </li>
      ))}
    </ul>
  );
}
