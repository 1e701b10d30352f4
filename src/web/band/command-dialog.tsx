import { type ReactNode, useState } from 'react';
import { api } from '../core/endpoints.ts';
import { refresh } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ChoiceField, SelectField, TextArea, TextField } from '../ui/field.tsx';
import { type Submission, useSubmit } from '../ui/submit.ts';
import { Notice } from '../ui/surface.tsx';
import { useSpeaker } from '../ui/toast.tsx';
import type { AskedKind } from './band-commands.tsx';
import { type BandCommand, cleanNumbers } from './command-text.ts';

const MOST_CHARACTERS = 60;
const intervals = [60, 300, 600, 1800, 3600] as const;
const places = ['first', 'second', 'third'] as const;

interface FormProps {
  submission: Submission;
  onSend: (command: BandCommand) => Promise<void>;
}

/** Asks for what a command needs to be told, or whether it is really meant. */
export function CommandDialog({
  deviceId,
  kind,
  onClose,
}: {
  deviceId: number;
  kind: AskedKind;
  onClose: () => void;
}) {
  const { t } = useDisplay();
  const { toast } = useSpeaker();
  const submission = useSubmit();
  const onSend = async (command: BandCommand) => {
    await api.downlink(deviceId, command);
    toast({ tone: 'ok', text: t('band.sent') });
    refresh(['device']);
    onClose();
  };
  const Form = forms[kind];
  return (
    <Dialog open onClose={onClose} title={t(`band.${kind}`)} note={t(`bandNote.${kind}`)}>
      <Form submission={submission} onSend={onSend} />
    </Dialog>
  );
}

function Frame({
  submission,
  send,
  children,
}: {
  submission: Submission;
  send: () => Promise<void>;
  children: ReactNode;
}) {
  const { t } = useDisplay();
  return (
    <form className="grid gap-4" noValidate onSubmit={submission.onSubmit(send)}>
      {children}
      {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
      <Button type="submit" tone="action" block busy={submission.busy}>
        {t('band.send')}
      </Button>
    </form>
  );
}

function MessageForm({ submission, onSend }: FormProps) {
  const { t } = useDisplay();
  const [text, setText] = useState('');
  const send = async () => {
    if (text.trim() === '') submission.refuse(t('band.textMissing'));
    else await onSend({ kind: 'message', text: text.trim() });
  };
  return (
    <Frame submission={submission} send={send}>
      <TextArea
        label={t('band.text')}
        hint={t('band.textHint', { count: MOST_CHARACTERS })}
        rows={2}
        maxLength={MOST_CHARACTERS}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </Frame>
  );
}

function NumbersForm({ submission, onSend }: FormProps) {
  const { t } = useDisplay();
  const [typed, setTyped] = useState<readonly string[]>(['', '', '']);
  const [tried, setTried] = useState(false);
  const { numbers, wrong } = cleanNumbers(typed);
  const send = async () => {
    setTried(true);
    if (wrong.length > 0) return;
    if (numbers.length === 0) submission.refuse(t('band.numberMissing'));
    else await onSend({ kind: 'set_sos_numbers', numbers });
  };
  return (
    <Frame submission={submission} send={send}>
      {places.map((place, index) => (
        <TextField
          key={place}
          label={t(`band.number.${place}`)}
          {...(index === 0 ? {} : { optional: t('common.optional') })}
          type="tel"
          inputMode="tel"
          autoComplete="off"
          maxLength={24}
          className="tnum"
          value={typed[index] ?? ''}
          onChange={(event) => setTyped(typed.map((old, at) => (at === index ? event.target.value : old)))}
          error={tried && wrong.includes(index) ? t('band.numberWrong') : undefined}
        />
      ))}
    </Frame>
  );
}

function IntervalForm({ submission, onSend }: FormProps) {
  const { t } = useDisplay();
  const [seconds, setSeconds] = useState('600');
  return (
    <Frame submission={submission} send={() => onSend({ kind: 'set_interval', seconds: Number(seconds) })}>
      <SelectField
        label={t('band.interval')}
        hint={t('band.intervalHint')}
        value={seconds}
        onChange={setSeconds}
        choices={intervals.map((each) => ({
          value: String(each),
          label: t('band.minutes', { count: each / 60 }),
        }))}
      />
    </Frame>
  );
}

function FallForm({ submission, onSend }: FormProps) {
  const { t } = useDisplay();
  const [on, setOn] = useState<'on' | 'off'>('on');
  const [sensitivity, setSensitivity] = useState<'1' | '2' | '3'>('2');
  const send = () =>
    onSend(
      on === 'on'
        ? { kind: 'fall_detection', on: true, sensitivity: Number(sensitivity) as 1 | 2 | 3 }
        : { kind: 'fall_detection', on: false },
    );
  return (
    <Frame submission={submission} send={send}>
      <ChoiceField
        label={t('band.fall')}
        value={on}
        onChange={setOn}
        choices={[
          { value: 'on', label: t('band.fallOn') },
          { value: 'off', label: t('band.fallOff') },
        ]}
      />
      {on === 'on' && (
        <SelectField
          label={t('band.sensitivity')}
          hint={t('band.sensitivityHint')}
          value={sensitivity}
          onChange={setSensitivity}
          choices={[
            { value: '1', label: t('band.sensitivity.low') },
            { value: '2', label: t('band.sensitivity.middle') },
            { value: '3', label: t('band.sensitivity.high') },
          ]}
        />
      )}
    </Frame>
  );
}

/** A wristband that is off calls nobody: this is asked about once more. */
function Confirmation({ kind, submission, onSend }: FormProps & { kind: 'restart' | 'power_off' }) {
  const { t } = useDisplay();
  const isEnd = kind === 'power_off';
  return (
    <>
      <Notice tone={isEnd ? 'danger' : 'warn'} icon="alert" title={t(`bandSure.${kind}`)} />
      {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
      <Button
        tone={isEnd ? 'danger' : 'action'}
        block
        icon={isEnd ? 'power' : 'refresh'}
        busy={submission.busy}
        onClick={() => submission.run(() => onSend({ kind }))}
      >
        {t(`bandDo.${kind}`)}
      </Button>
    </>
  );
}

const forms: Readonly<Record<AskedKind, (props: FormProps) => ReactNode>> = {
  message: MessageForm,
  set_sos_numbers: NumbersForm,
  set_interval: IntervalForm,
  fall_detection: FallForm,
  restart: (props) => <Confirmation kind="restart" {...props} />,
  power_off: (props) => <Confirmation kind="power_off" {...props} />,
};
