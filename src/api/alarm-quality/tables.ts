import type { Finding } from '../../model/findings.ts';
import type { AlarmFigures, AlarmPoint, AlarmQuality, AlarmTable } from '../alarm-quality-schemas.ts';
import type { Cell } from '../csv.ts';
import { type Text, text } from '../message-text.ts';
import type { Locale } from '../schemas.ts';

interface Column<Row> {
  title: Text;
  value(row: Row, locale: Locale): Cell;
}

const column = <Row>(zh: string, en: string, value: Column<Row>['value']): Column<Row> => ({
  title: text(zh, en),
  value,
});

const percent = (share: number | null): Cell => (share === null ? null : Math.round(share * 10_000) / 100);
const seconds = (ms: number | null): Cell => (ms === null ? null : Math.round(ms / 1000));
const rounded = (value: number): number => Math.round(value * 1000) / 1000;

const found = (finding: Finding, zh: string, en: string) =>
  column<AlarmFigures>(zh, en, (row) => row.findings[finding]);

const figureColumns: readonly Column<AlarmFigures>[] = [
  column('报警数', 'alarms', (row) => row.alarms),
  column('夜间(22-6点)', 'at night (22-06)', (row) => row.atNight),
  column('每10分钟平均', 'average per 10 min', (row) => rounded(row.average10Min)),
  column('10分钟最多', 'most in 10 min', (row) => row.most10Min),
  column('报警泛滥次数', 'floods', (row) => row.floods),
  column('泛滥时间占比%', 'flood time %', (row) => percent(row.floodShare)),
  column('紧急', 'critical', (row) => row.severities.critical),
  column('警告', 'warning', (row) => row.severities.warning),
  column('提示', 'info', (row) => row.severities.info),
  column('反复报警点', 'chattering points', (row) => row.chatteringPoints),
  column('一闪而过(<5秒)', 'fleeting (< 5 s)', (row) => row.fleeting),
  column('长期未消(>24小时)', 'stale (> 24 h)', (row) => row.stale),
  column('被抑制(未通知)', 'held back (told to nobody)', (row) => row.held),
  column('已撤回', 'withdrawn', (row) => row.withdrawn),
  found('real', '属实', 'real'),
  found('false_press', '误按', 'pressed by mistake'),
  found('device_fault', '设备误报', 'faulty device'),
  found('harmless', '无需处理', 'nothing to do'),
  found('test', '演练测试', 'test'),
  column('未核实', 'not looked into', (row) => row.unjudged),
  column('有效报警占比%', 'actionable %', (row) => percent(row.actionableShare)),
  column('应答中位数(秒)', 'answered p50 (s)', (row) => seconds(row.acknowledgeMsP50)),
  column('应答95分位(秒)', 'answered p95 (s)', (row) => seconds(row.acknowledgeMsP95)),
];

type Worker = AlarmQuality['workers'][number];
type Flood = AlarmQuality['received']['floods'][number];

/** Columns for each table; the first names the row. */
const tables = {
  workers: [
    column<Worker>('人员', 'person', (row) => row.name),
    ...figureColumns,
    column<Worker>('近2小时无效', 'not actionable, last 120 min', (row) => row.notActionableNow),
    column<Worker>('2小时最多无效', 'not actionable, worst 120 min', (row) => row.notActionableMost),
  ] as readonly Column<Worker>[],
  grids: [
    column<AlarmQuality['grids'][number]>('网格', 'grid', (row, locale) => row.name ?? none(locale)),
    ...figureColumns,
  ] as readonly Column<AlarmQuality['grids'][number]>[],
  models: [
    column<AlarmQuality['models'][number]>('型号', 'model', (row, locale) => row.key ?? none(locale)),
    ...figureColumns,
  ] as readonly Column<AlarmQuality['models'][number]>[],
  rules: [
    column<AlarmQuality['rules'][number]>('规则', 'rule', ({ title, key }, locale) =>
      title ? (locale === 'en' ? title.en : title.zh) : key,
    ),
    column<AlarmQuality['rules'][number]>('规则名', 'rule name', (row) => row.key),
    ...figureColumns,
  ] as readonly Column<AlarmQuality['rules'][number]>[],
  points: [
    column<AlarmPoint>('设备', 'device', (row) => row.name ?? row.nativeId),
    column<AlarmPoint>('设备编号', 'device id', (row) => row.nativeId),
    column<AlarmPoint>('通道', 'channel', (row) => row.channel),
    column<AlarmPoint>('规则名', 'rule name', (row) => row.rule),
    column<AlarmPoint>('报警数', 'alarms', (row) => row.alarms),
    column<AlarmPoint>('占比%', 'share %', (row) => percent(row.share)),
    column<AlarmPoint>('反复报警次数', 'times it chattered', (row) => row.chatterEpisodes),
  ] as readonly Column<AlarmPoint>[],
  floods: [
    column<Flood>('人员', 'person', (row) => row.name),
    column<Flood>('开始(UTC)', 'from (UTC)', (row) => new Date(row.from).toISOString()),
    column<Flood>('结束(UTC)', 'to (UTC)', (row) => new Date(row.to).toISOString()),
    column<Flood>('报警数', 'alarms', (row) => row.alarms),
    column<Flood>('10分钟最多', 'most in 10 min', (row) => row.most),
  ] as readonly Column<Flood>[],
};

const none = (locale: Locale): string => (locale === 'en' ? 'none' : '无');

/** One table of the report with its header, in the reader's language. */
export function tableOf(report: AlarmQuality, table: AlarmTable, locale: Locale): Cell[][] {
  switch (table) {
    case 'points':
      return rowsOf(
        tables.points,
        [...report.topTen, ...report.chattering.filter(isNot(report.topTen))],
        locale,
      );
    case 'floods':
      return rowsOf(tables.floods, report.received.floods, locale);
    case 'workers':
      return rowsOf(tables.workers, report.workers, locale);
    case 'grids':
      return rowsOf(tables.grids, report.grids, locale);
    case 'models':
      return rowsOf(tables.models, report.models, locale);
    case 'rules':
      return rowsOf(tables.rules, report.rules, locale);
  }
}

const isNot = (shown: readonly AlarmPoint[]) => (point: AlarmPoint) =>
  !shown.some(
    (one) => one.rule === point.rule && one.nativeId === point.nativeId && one.channel === point.channel,
  );

function rowsOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[], locale: Locale): Cell[][] {
  return [
    columns.map(({ title }) => title[locale]),
    ...rows.map((row) => columns.map(({ value }) => value(row, locale))),
  ];
}
