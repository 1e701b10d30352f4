import { type Text, text } from './message-text.ts';

/** What people read of the errors of rules, by code. */
export const ruleMessages: Readonly<Record<string, Text>> = {
  RULES_INBOX_UNREADABLE: text('一条紧急事件无法读取', 'An emergency event cannot be read'),
  RULES_NO_SOS: text(
    '不能这样改：那样就没有规则会因 SOS 求助报警',
    'This cannot be done: no rule would answer an SOS',
  ),
  RULES_RECORDING: text('记录文件有误', 'A recording is not right'),
  RULES_DAY_FILE: text('已保存的历史数据文件有误', 'A file of stored days is not right'),
  RULES_INVALID: text('规则有误，没有保存', 'The rule is not right and was not saved'),
  RULES_TESTS_FAILED: text('测试没有全部通过，没有保存', 'Not every test holds; nothing was saved'),
  RULES_TESTS_ENDLESS: text(
    '测试运行时间过长，已中止；请缩短测试里的序列',
    'The tests took too long and were stopped; shorten the series in them',
  ),
  RULES_TESTS_BUSY: text(
    '正在运行的测试太多，请稍后再试',
    'Too many tests are waiting; try again in a moment',
  ),
  RULES_SET_UNSOUND: text(
    '与其他规则放在一起有误，没有保存',
    'Together with the other rules this is not right; nothing was saved',
  ),
  RULES_CHANGED: text(
    '{by} 已先保存了第 {revision} 版；请先查看再改，您的修改没有丢失',
    '{by} has saved revision {revision} meanwhile; look at it first. What you wrote is still here',
  ),
  RULES_NOT_FOUND: text('没有这条规则或这个版本', 'There is no such rule or version'),
  RULES_NOT_IN_FORCE: text(
    '这条规则没有生效，无法说明',
    'This rule is not in force, so there is nothing to explain',
  ),
  RULES_NO_DEVICES: text('没有这个设备', 'There is no such device'),
  RULES_NO_DAYS: text('这段时间没有存储遥测数据', 'No telemetry is stored of these days'),
  RULES_NO_TELEMETRY: text(
    '遥测数据在 InfluxDB 中，这里无法按数据说明；请导出 CSV，用命令行说明',
    'The telemetry is in InfluxDB, so this cannot be explained here; export CSV and use the command line',
  ),
  RULES_NO_SHADOW: text('这条规则没有正在试运行的版本', 'No version of this rule is on trial'),
};
