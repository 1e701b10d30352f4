import type { RuleDiff as Diff } from '../../api/rule-schemas.ts';
import { useQuery } from '../core/query.ts';
import { ruleApi } from '../core/rule-endpoints.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Fetched } from '../ui/states.tsx';

/** How one version of a rule became another, the rule first and then its tests. */
export function RuleDiff({ name, from, to }: { name: string; from: number; to: number }) {
  const { t } = useDisplay();
  const query = useQuery(`diff ${name} ${from} ${to}`, () => ruleApi.diff(name, from, to));
  return (
    <Fetched query={query}>
      {({ body, tests }) =>
        [...body, ...tests].every(({ kind }) => kind === 'same') ? (
          <p className="text-small text-muted">{t('rules.compareNone')}</p>
        ) : (
          <div className="grid min-w-0 gap-3">
            <Lines title={t('rules.body')} lines={body} />
            <Lines title={t('rules.tests')} lines={tests} />
          </div>
        )
      }
    </Fetched>
  );
}

type Line = Diff['body'][number];
type Piece = Line | { kind: 'skipped'; count: number; at: number };

/** Lines of context around what changed. */
const AROUND = 3;

function piecesOf(lines: readonly Line[]): Piece[] {
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(({ kind }) => kind !== 'same'),
  );
  const pieces: Piece[] = [];
  for (const [at, line] of lines.entries()) {
    const last = pieces.at(-1);
    if (near[at]) pieces.push(line);
    else if (last?.kind === 'skipped') last.count++;
    else pieces.push({ kind: 'skipped', count: 1, at });
  }
  return pieces;
}

const looks = {
  same: { sign: ' ', className: '' },
  added: { sign: '+', className: 'bg-ok-soft' },
  removed: { sign: '−', className: 'bg-danger-soft' },
} as const;

function Lines({ title, lines }: { title: string; lines: readonly Line[] }) {
  const { t } = useDisplay();
  if (lines.every(({ kind }) => kind === 'same')) return null;
  return (
    <figure className="grid min-w-0 gap-1">
      <figcaption className="text-small font-semibold">{title}</figcaption>
      <div
        lang="en"
        className="overflow-x-auto rounded-control border border-line bg-sunken font-mono text-fine leading-6"
      >
        <div className="w-max min-w-full">
          {piecesOf(lines).map((piece) =>
            piece.kind === 'skipped' ? (
              <div key={`skipped ${piece.at}`} className="px-3 text-muted">
                {t('rules.compareSame', { count: piece.count })}
              </div>
            ) : (
              <div
                key={`${piece.kind} ${piece.from} ${piece.to}`}
                className={`px-3 whitespace-pre ${looks[piece.kind].className}`}
              >
                {looks[piece.kind].sign} {piece.text}
              </div>
            ),
          )}
        </div>
      </div>
    </figure>
  );
}
