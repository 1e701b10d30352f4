import type { WhyView } from '../../api/why-schemas.ts';
import { useDisplay } from '../i18n/language.tsx';
import { valueText } from '../tickets/evidence.ts';
import type { IconName } from '../ui/icons.tsx';
import { type BadgeTone, Notice } from '../ui/surface.tsx';

const looks: Readonly<Record<WhyView['points'][number]['verdict'], { tone: BadgeTone; icon: IconName }>> = {
  fires: { tone: 'danger', icon: 'alert' },
  held_back: { tone: 'warn', icon: 'pause' },
  pending: { tone: 'warn', icon: 'clock' },
  idle: { tone: 'quiet', icon: 'checkCircle' },
};
/** As many readings as can be taken in. */
const SHOWN_INPUTS = 8;

/** How a rule stood: each condition, what held it back, and what it told before and next. */
export function WhyTold({ why }: { why: WhyView }) {
  const { points, notes, told } = why;
  return (
    <div role="status" className="grid min-w-0 gap-2 break-words">
      <p className="text-fine text-muted">{why.head}</p>
      {notes.map((note) => (
        <p key={note} className="text-small">
          {note}
        </p>
      ))}
      {points.map(({ verdict, line, conditions, gates }) => (
        <Notice key={line} {...looks[verdict]} title={line}>
          <ul className="grid list-disc gap-1 pl-5">
            {[...conditions, ...gates].map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </Notice>
      ))}
      {told.map((line) => (
        <p key={line} className="text-small text-muted">
          {line}
        </p>
      ))}
      <Inputs inputs={why.inputs} />
    </div>
  );
}

/** The readings that the alert keeps: they stay when the series are gone. */
function Inputs({ inputs }: Pick<WhyView, 'inputs'>) {
  const display = useDisplay();
  const { t, word, format } = display;
  if (inputs.length === 0) return null;
  return (
    <div>
      <h3 className="text-small font-semibold">{t('why.inputs')}</h3>
      <ul className="tnum divide-y divide-line text-small">
        {inputs.slice(-SHOWN_INPUTS).map(({ at, signal, value }) => (
          <li key={`${at} ${signal}`} className="flex flex-wrap justify-between gap-x-3 py-1">
            <span>
              {word('signal', signal)} {valueText(signal, value, display)}
            </span>
            <span className="text-muted">{format.full(at)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
