import { useState } from 'react';
import type { GridView, IncidentDetail, Person } from '../../api/schemas.ts';
import type { Outcome } from '../../model/incidents.ts';
import { api, type HelpKind } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ChoiceField, TextArea } from '../ui/field.tsx';
import { Icon } from '../ui/icons.tsx';
import { useAct } from './act.ts';
import { phoneHref } from './describe.ts';

interface ActionDialogProps {
  incident: IncidentDetail;
  open: boolean;
  onClose: () => void;
}

/** In the order in which they happen in a village. */
const outcomeOrder: readonly Outcome[] = [
  'helped',
  'false_press',
  'hospital',
  'refused',
  'unreachable_entered',
  'device_fault',
  'drill',
  'test',
];

export function ResolveDialog({ incident, open, onClose }: ActionDialogProps) {
  const { t } = useDisplay();
  const act = useAct(incident.id);
  const [outcome, setOutcome] = useState<Outcome | undefined>();
  const [note, setNote] = useState('');
  const [tried, setTried] = useState(false);
  const submit = () => {
    setTried(true);
    if (!outcome || note.trim() === '') return;
    act('resolve', { outcome, note: note.trim() });
    onClose();
  };
  return (
    <Dialog open={open} onClose={onClose} title={t('resolve.title')} note={t('resolve.note')}>
      <ChoiceField
        label={t('resolve.outcome')}
        value={outcome}
        onChange={setOutcome}
        choices={outcomeOrder.map((value) => ({ value, label: t(`outcome.${value}`) }))}
      />
      {tried && !outcome && <FieldProblem text={t('resolve.outcomeMissing')} />}
      <TextArea
        label={t('resolve.what')}
        placeholder={t('resolve.placeholder')}
        value={note}
        maxLength={2000}
        onChange={(event) => setNote(event.target.value)}
        error={tried && note.trim() === '' ? t('resolve.noteMissing') : undefined}
      />
      <Button tone="ok" block icon="checkCircle" onClick={submit}>
        {t('resolve.submit')}
      </Button>
    </Dialog>
  );
}

function FieldProblem({ text }: { text: string }) {
  return (
    <p role="alert" className="text-small font-medium text-danger">
      {text}
    </p>
  );
}

export function CommentDialog({ incident, open, onClose }: ActionDialogProps) {
  const { t } = useDisplay();
  const act = useAct(incident.id);
  const [text, setText] = useState('');
  const submit = () => {
    if (text.trim() === '') return;
    act('comment', { text: text.trim() });
    setText('');
    onClose();
  };
  return (
    <Dialog open={open} onClose={onClose} title={t('act.comment')}>
      <TextArea
        label={t('comment.label')}
        value={text}
        maxLength={2000}
        onChange={(event) => setText(event.target.value)}
      />
      <Button tone="action" block icon="note" disabled={text.trim() === ''} onClick={submit}>
        {t('comment.submit')}
      </Button>
    </Dialog>
  );
}

const helpKinds: readonly HelpKind[] = ['120', '110', '119', 'people'];

/** Calls the emergency services from this phone and tells everybody on the incident that it was done. */
export function HelpDialog({ incident, open, onClose }: ActionDialogProps) {
  const { t } = useDisplay();
  const act = useAct(incident.id);
  return (
    <Dialog open={open} onClose={onClose} title={t('help.title')} note={t('help.note')}>
      <div className="grid gap-2">
        {helpKinds.map((what) =>
          what === 'people' ? (
            <Button
              key={what}
              tone="plain"
              block
              icon="users"
              onClick={() => {
                act('need-help', { what });
                onClose();
              }}
            >
              {t('help.callPeople')}
            </Button>
          ) : (
            <Button key={what} asChild tone="danger" block>
              <a
                href={phoneHref(what)}
                onClick={() => {
                  act('need-help', { what });
                  onClose();
                }}
              >
                <Icon name="phone" size={22} />
                {t(`help.call${what}`)}
              </a>
            </Button>
          ),
        )}
      </div>
    </Dialog>
  );
}

/** Who could take over: those who were told already and those on duty in the grids. */
function successors(incident: IncidentDetail, grids: readonly GridView[], readerId: number): Person[] {
  const people = new Map<number, Person>();
  const near = grids.filter((grid) => grid.id === incident.grid?.id);
  const onDuty = [...near, ...grids].flatMap((grid) => [grid.worker, grid.deputy]);
  const told = incident.notifications.map((one) => one.account);
  for (const person of [...onDuty, ...told]) {
    if (person && person.id !== readerId && person.id !== incident.owner?.id) people.set(person.id, person);
  }
  return [...people.values()];
}

export function HandOverDialog({
  incident,
  open,
  onClose,
  readerId,
}: ActionDialogProps & { readerId: number }) {
  const { t } = useDisplay();
  const act = useAct(incident.id);
  const grids = useQuery('grids', api.grids);
  const [to, setTo] = useState<string | undefined>();
  const people = successors(incident, grids.data ?? [], readerId);
  const submit = () => {
    if (to === undefined) return;
    act('hand-over', { to: Number(to) });
    onClose();
  };
  return (
    <Dialog open={open} onClose={onClose} title={t('handOver.title')} note={t('handOver.note')}>
      {people.length === 0 ? (
        <p>{t('handOver.nobody')}</p>
      ) : (
        <ChoiceField
          label={t('handOver.to')}
          value={to}
          onChange={setTo}
          columns={1}
          choices={people.map((person) => ({ value: String(person.id), label: person.name }))}
        />
      )}
      <Button tone="action" block icon="handOver" disabled={to === undefined} onClick={submit}>
        {t('handOver.submit')}
      </Button>
    </Dialog>
  );
}

/** Asked of family before they take it. */
export function TakeDialog({ incident, open, onClose }: ActionDialogProps) {
  const { t } = useDisplay();
  const act = useAct(incident.id);
  return (
    <Dialog open={open} onClose={onClose} title={t('confirm.title')} note={t('confirm.note')}>
      <Button
        tone="danger"
        block
        icon="check"
        onClick={() => {
          act('acknowledge', {});
          onClose();
        }}
      >
        {t('act.acknowledge')}
      </Button>
      <Button block onClick={onClose}>
        {t('common.cancel')}
      </Button>
    </Dialog>
  );
}
