import { useEffect, useRef, useState } from 'react';
import type { RuleDetail, RuleProblem } from '../../api/rule-schemas.ts';
import type { ApiError } from '../core/http.ts';
import { type RuleDraft, ruleApi } from '../core/rule-endpoints.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { type Submission, useSubmit } from '../ui/submit.ts';
import { Card, Notice } from '../ui/surface.tsx';
import { useSpeaker } from '../ui/toast.tsx';
import { CodeField, goTo } from './code-field.tsx';
import { type Findings, isTestFile, RuleFindings } from './rule-findings.tsx';

/** What the service holds, and by whom. */
type Held = RuleDraft & { basedOn: number | null; by: string };

interface RuleEditorProps {
  name: string;
  held: Held;
  /** The file in the folder, where it says something else. */
  file?: RuleDetail['file'];
  trialBasedOn: number | null;
  onChanged: () => void;
}

/** The draft of a rule; what somebody else saves meanwhile does not touch it. */
function useDraft(held: Held) {
  const [base, setBase] = useState(held);
  const [draft, setDraft] = useState<RuleDraft>(held);
  const isTouched = draft.body !== base.body || draft.tests !== base.tests;
  const take = (next: Held) => {
    setBase(next);
    setDraft({ body: next.body, tests: next.tests });
  };
  const isBehind = held.basedOn !== base.basedOn;
  useEffect(() => {
    if (!isBehind || isTouched) return;
    setBase(held);
    setDraft({ body: held.body, tests: held.tests });
  }, [isBehind, isTouched, held]);
  return { base, draft, isTouched, isBehind, take, setBase, setDraft };
}

/** What a refusal brought along is shown beside the text. */
function findingsOf(error: ApiError): Findings | undefined {
  const { problems = [], failed = [] } = error.details as {
    problems?: Findings['problems'];
    failed?: Findings['results'];
  };
  return problems.length + failed.length > 0 ? { problems, results: failed } : undefined;
}

/** What can be done with a draft; each refusal leaves it as it is. */
function useEditing({ name, held, trialBasedOn, onChanged }: RuleEditorProps) {
  const { t } = useDisplay();
  const { toast } = useSpeaker();
  const state = useDraft(held);
  const { draft, base } = state;
  const [findings, setFindings] = useState<Findings | undefined>();
  const [note, setNote] = useState('');
  const submission = useSubmit((error) => {
    setFindings(findingsOf(error));
    if (error.code === 'RULES_CHANGED') onChanged();
    return undefined;
  });
  const why = note.trim() === '' ? {} : { note: note.trim() };
  return {
    ...state,
    ...{ findings, note, setNote, submission },
    change(part: Partial<RuleDraft>) {
      state.setDraft({ ...draft, ...part });
      setFindings(undefined);
    },
    async check() {
      setFindings(await ruleApi.check(name, draft));
    },
    async save() {
      const saved = await ruleApi.save(name, { ...draft, basedOn: base.basedOn, ...why });
      state.take({ ...saved, by: saved.author ?? '' });
      setNote('');
      setFindings(undefined);
      toast({ tone: 'ok', text: t('rules.saved', { revision: saved.basedOn ?? 1 }) });
      onChanged();
    },
    async tryOut() {
      await ruleApi.startTrial(name, { ...draft, basedOn: trialBasedOn, ...why });
      toast({ tone: 'ok', text: t('rules.tried') });
      onChanged();
    },
    discard() {
      state.take(held);
      setFindings(undefined);
    },
  };
}

/** The text of a rule and its tests; they are checked, tried, and put in force from here. */
export function RuleEditor(props: RuleEditorProps) {
  const { t } = useDisplay();
  const { held, file } = props;
  const editing = useEditing(props);
  const { submission, isTouched } = editing;
  return (
    <Card title={t('rules.view.text')} icon="edit">
      <div className="grid gap-4">
        {editing.isBehind && isTouched && (
          <Meanwhile held={held} onTake={() => editing.take(held)} onKeep={() => editing.setBase(held)} />
        )}
        {file && !isTouched && <FileDiffers onTake={() => editing.change(file)} />}
        <Texts draft={editing.draft} findings={editing.findings} onChange={editing.change} />
        <TextField
          label={t('rules.changeNote')}
          hint={t('rules.changeNoteHint')}
          optional={t('common.optional')}
          maxLength={500}
          value={editing.note}
          onChange={(event) => editing.setNote(event.target.value)}
        />
        {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
        <Actions
          submission={submission}
          isTouched={isTouched || held.basedOn === null}
          onCheck={editing.check}
          onSave={editing.save}
          onTry={editing.tryOut}
          onDiscard={editing.discard}
        />
      </div>
    </Card>
  );
}

interface ActionsProps {
  submission: Submission;
  isTouched: boolean;
  onCheck: () => Promise<void>;
  onSave: () => Promise<void>;
  onTry: () => Promise<void>;
  onDiscard: () => void;
}

function Actions({ submission, isTouched, onCheck, onSave, onTry, onDiscard }: ActionsProps) {
  const { t } = useDisplay();
  const { busy, run } = submission;
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap gap-2">
        <Button icon="check" busy={busy} onClick={() => run(onCheck)}>
          {t('rules.check')}
        </Button>
        {isTouched && (
          <>
            <Button tone="action" icon="checkCircle" disabled={busy} onClick={() => run(onSave)}>
              {t('rules.save')}
            </Button>
            <Button icon="eye" disabled={busy} onClick={() => run(onTry)}>
              {t('rules.try')}
            </Button>
            <Button tone="bare" icon="undo" disabled={busy} onClick={onDiscard}>
              {t('rules.discard')}
            </Button>
          </>
        )}
      </div>
      {isTouched && <p className="text-fine text-muted">{t('rules.tryNote')}</p>}
    </div>
  );
}

interface TextsProps {
  draft: RuleDraft;
  findings: Findings | undefined;
  onChange: (part: Partial<RuleDraft>) => void;
}

function Texts({ draft, findings, onChange }: TextsProps) {
  const { t } = useDisplay();
  const body = useRef<HTMLTextAreaElement>(null);
  const tests = useRef<HTMLTextAreaElement>(null);
  const problems = findings?.problems ?? [];
  const linesOf = (wanted: boolean) =>
    new Set(problems.filter((one) => isTestFile(one) === wanted).map(({ line }) => line));
  const show = (problem: RuleProblem) =>
    goTo((isTestFile(problem) ? tests : body).current, problem.line, problem.column);
  return (
    <>
      <CodeField
        label={t('rules.body')}
        field={body}
        value={draft.body}
        marked={linesOf(false)}
        onChange={(text) => onChange({ body: text })}
      />
      <CodeField
        label={t('rules.tests')}
        hint={t('rules.testsHint')}
        field={tests}
        value={draft.tests}
        marked={linesOf(true)}
        onChange={(text) => onChange({ tests: text })}
      />
      {findings && <RuleFindings findings={findings} onPlace={show} />}
    </>
  );
}

function Meanwhile({ held, onTake, onKeep }: { held: Held; onTake: () => void; onKeep: () => void }) {
  const { t } = useDisplay();
  return (
    <Notice
      tone="warn"
      icon="users"
      title={t('rules.changedMeanwhile', { by: held.by, revision: held.basedOn ?? 0 })}
      live
    >
      <p>{t('rules.changedNote')}</p>
      <div className="flex flex-wrap gap-2 pt-2">
        <Button size="small" onClick={onTake}>
          {t('rules.takeTheirs')}
        </Button>
        <Button size="small" onClick={onKeep}>
          {t('rules.keepMine')}
        </Button>
      </div>
    </Notice>
  );
}

function FileDiffers({ onTake }: { onTake: () => void }) {
  const { t } = useDisplay();
  return (
    <Notice tone="action" icon="info" title={t('rules.fileDiffers')}>
      <p>{t('rules.fileDiffersNote')}</p>
      <div className="pt-2">
        <Button size="small" onClick={onTake}>
          {t('rules.takeFile')}
        </Button>
      </div>
    </Notice>
  );
}
