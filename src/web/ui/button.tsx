import { Slot } from 'radix-ui';
import type { ComponentProps, MouseEvent, ReactNode } from 'react';
import { navigate } from '../core/router.ts';
import { Icon, type IconName } from './icons.tsx';

export type Tone = 'action' | 'danger' | 'ok' | 'plain' | 'soft' | 'bare' | 'onDark';

const tones: Readonly<Record<Tone, string>> = {
  action: 'bg-action text-white hover:bg-action-deep',
  danger: 'bg-danger text-white hover:bg-danger-deep',
  ok: 'bg-ok text-white hover:brightness-90',
  plain: 'bg-surface text-ink border border-edge hover:bg-sunken',
  soft: 'bg-brand-soft text-brand hover:bg-sunken',
  bare: 'text-action hover:bg-action-soft',
  onDark: 'bg-white/10 text-white border border-white/60 hover:bg-white/20',
};

const sizes = {
  normal: 'tap px-5 text-base',
  small: 'tap-small px-3.5 text-small',
  big: 'min-h-16 px-6 text-title large:min-h-20',
} as const;

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  tone?: Tone;
  size?: keyof typeof sizes;
  icon?: IconName;
  busy?: boolean;
  /** Renders the child element (a link) in the looks of a button. */
  asChild?: boolean;
  block?: boolean;
  children: ReactNode;
}

function buttonClass(tone: Tone, size: keyof typeof sizes, block: boolean): string {
  return [
    'inline-flex items-center justify-center gap-2 rounded-control font-semibold text-center leading-tight py-1.5',
    'transition-colors disabled:opacity-60 disabled:cursor-not-allowed select-none',
    tones[tone],
    sizes[size],
    block ? 'w-full' : '',
  ].join(' ');
}

export function Button(props: ButtonProps) {
  const { tone = 'plain', size = 'normal', icon, busy = false, asChild = false, block = false } = props;
  const { tone: _t, size: _s, icon: _i, busy: _b, asChild: _a, block: _k, children, ...rest } = props;
  const shared = { ...rest, className: `${buttonClass(tone, size, block)} ${rest.className ?? ''}` };
  if (asChild) return <Slot.Root {...shared}>{children}</Slot.Root>;
  return (
    <button type="button" {...shared} disabled={rest.disabled === true || busy} aria-busy={busy}>
      {busy ? <Icon name="refresh" size={20} className="spin" /> : icon && <Icon name={icon} size={22} />}
      {children}
    </button>
  );
}

interface LinkProps extends Omit<ComponentProps<'a'>, 'href'> {
  to: string;
}

/** A link to one of our own pages. */
export function Link({ to, onClick, ...rest }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to);
  };
  return <a {...rest} href={to} onClick={follow} />;
}

/** The way back, at the top of a page. */
export function BackLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link
      to={to}
      className="tap -ml-2 inline-flex w-max items-center gap-1 rounded-control px-2 font-semibold text-action"
    >
      <Icon name="left" size={22} />
      {children}
    </Link>
  );
}

interface ButtonLinkProps {
  to: string;
  tone?: Tone;
  size?: keyof typeof sizes;
  icon?: IconName;
  block?: boolean;
  children: ReactNode;
}

export function ButtonLink({
  to,
  tone = 'plain',
  size = 'normal',
  icon,
  block = false,
  children,
}: ButtonLinkProps) {
  return (
    <Link to={to} className={buttonClass(tone, size, block)}>
      {icon && <Icon name={icon} size={22} />}
      {children}
    </Link>
  );
}

/** A round or square button that shows an icon only; `label` is what it is called. */
export function IconButton({
  icon,
  label,
  onDark = false,
  ...rest
}: { icon: IconName; label: string; onDark?: boolean } & Omit<ComponentProps<'button'>, 'children'>) {
  const looks = onDark ? 'text-white hover:bg-white/15' : 'text-ink hover:bg-sunken';
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      title={label}
      className={`tap inline-flex items-center justify-center rounded-control ${looks} ${rest.className ?? ''}`}
    >
      <Icon name={icon} />
    </button>
  );
}
