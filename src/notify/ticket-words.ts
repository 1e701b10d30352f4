import type { TicketLevel, TicketStage } from '../model/tickets.ts';

/** What messages about tickets are made of, in both languages. `{what}`, `{where}`, `{due}`, `{level}`, `{by}` and so on are filled in. */
export interface TicketWords {
  titles: Readonly<Record<string, string>>;
  /** Titles of reminders: before and after the deadline, and of what waits to be verified. */
  reminders: Record<'ahead' | 'overdue' | 'verify' | 'sensor', string>;
  /** A task in it is done, the ticket is not yet. */
  taskDone: string;
  stages: Record<TicketStage, string>;
  levels: Record<TicketLevel, string>;
  requests: Readonly<Record<string, string>>;
  decisions: Readonly<Record<string, string>>;
  labels: Record<
    | 'what'
    | 'severity'
    | 'where'
    | 'company'
    | 'grid'
    | 'device'
    | 'due'
    | 'level'
    | 'times'
    | 'by'
    | 'note'
    | 'reported',
    string
  >;
  /** Of a deadline: for what, and when. */
  dueOf: string;
  noPlace: string;
}

export const zhTickets: TicketWords = {
  titles: {
    ticket_dispatched: '【新工单·{what}】{where}，请于 {due} 前{stage}',
    ticket_again: '【再次发生·{what}】{where}',
    ticket_escalated: '【工单升级至{level}·{what}】{where}',
    ticket_assigned: '【派工·{what}】{where}',
    ticket_returned: '【退回·{what}】{where}：{by} 认为派错单位，请重新派遣',
    ticket_request: '【待审批·{request}】{by}：{what}，{where}',
    ticket_decided: '【{decision}】{what}，{where}',
    ticket_finished: '【待核查·{what}】{where} 已处置完毕',
    ticket_rejected: '【核查未通过·{what}】{where}，请继续处置',
    ticket_reopened: '【返修·{what}】{where}，请于 {due} 前{stage}',
    ticket_closed: '【已办结·{what}】{where}',
  },
  reminders: {
    ahead: '【催办·{what}】{where}，请于 {due} 前{stage}',
    overdue: '【超时催办·{what}】{where}，应于 {due} 前{stage}',
    verify: '【待核查·{what}】{where} 仍未核查',
    sensor: '【传感器仍在报警·{what}】{where} 已核查，但未能办结',
  },
  taskDone: '【派工已完成·{what}】{where}',
  stages: { accept: '接单', finish: '办结' },
  levels: { property: '物业', community: '街道社区', city: '市级' },
  requests: { pause: '暂停', extension: '延期' },
  decisions: {
    pause_approved: '同意暂停',
    pause_refused: '不同意暂停',
    extension_approved: '同意延期',
    extension_refused: '不同意延期',
    resumed: '恢复计时',
    verified: '核查通过',
  },
  labels: {
    what: '事件',
    severity: '级别',
    where: '地点',
    company: '物业公司',
    grid: '网格',
    device: '设备',
    due: '时限',
    level: '层级',
    times: '发生次数',
    by: '操作人',
    note: '说明',
    reported: '立案时间',
  },
  dueOf: '{due} 前{stage}',
  noPlace: '未登记位置的设备 {id}',
};

export const enTickets: TicketWords = {
  titles: {
    ticket_dispatched: '[New ticket: {what}] {where}, {stage} by {due}',
    ticket_again: '[Again: {what}] {where}',
    ticket_escalated: '[Raised to {level}: {what}] {where}',
    ticket_assigned: '[Task for you: {what}] {where}',
    ticket_returned:
      '[Sent back: {what}] {where}: {by} says it is for another company, please dispatch it again',
    ticket_request: '[{request} asked for] {by}: {what}, {where}',
    ticket_decided: '[{decision}] {what}, {where}',
    ticket_finished: '[To be verified: {what}] {where}: the work is done',
    ticket_rejected: '[Not accepted: {what}] {where}: please go on',
    ticket_reopened: '[Back again: {what}] {where}, {stage} by {due}',
    ticket_closed: '[Closed: {what}] {where}',
  },
  reminders: {
    ahead: '[Reminder: {what}] {where}, {stage} by {due}',
    overdue: '[Overdue: {what}] {where}, {stage} was due by {due}',
    verify: '[To be verified: {what}] {where} still waits',
    sensor: '[Sensor still alarms: {what}] {where} is verified, yet cannot be closed',
  },
  taskDone: '[Task done: {what}] {where}',
  stages: { accept: 'accept it', finish: 'finish it' },
  levels: { property: 'the property company', community: 'the community', city: 'the city' },
  requests: { pause: 'Pause', extension: 'More time' },
  decisions: {
    pause_approved: 'Pause approved',
    pause_refused: 'Pause refused',
    extension_approved: 'More time granted',
    extension_refused: 'More time refused',
    resumed: 'The clock runs again',
    verified: 'Verified',
  },
  labels: {
    what: 'What',
    severity: 'Severity',
    where: 'Where',
    company: 'Company',
    grid: 'Grid',
    device: 'Device',
    due: 'Deadline',
    level: 'Level',
    times: 'Occurrences',
    by: 'By',
    note: 'Note',
    reported: 'Reported',
  },
  dueOf: '{stage} by {due}',
  noPlace: 'device {id} without a place',
};
