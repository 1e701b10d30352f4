import { type Text, text } from './message-text.ts';
import { ruleMessages } from './rule-messages.ts';
import type { Locale } from './schemas.ts';
import { ticketMessages } from './ticket-messages.ts';

/** What people read of an error, by its code; `{name}` and `{owner}` are taken from the details. */
export const messages: Readonly<Record<string, Text>> = {
  NOT_FOUND: text('没有找到，或您无权查看', 'Not found, or not yours to see'),
  INTERNAL: text('服务出错，请稍后再试', 'Something went wrong here; please try again'),
  SERVICE_UNAVAILABLE: text(
    '服务暂时不可用，请稍后再试',
    'The service is not available right now; please try again',
  ),
  REQUEST_INVALID: text('填写的内容有误', 'What was sent is not right'),
  REQUEST_TOO_LARGE: text('提交的内容过大', 'What was sent is too large'),
  REQUEST_NOT_JSON: text('只接受 JSON 格式', 'Only JSON is accepted'),
  REQUEST_TOO_MANY: text('请求过于频繁，请稍后再试', 'Too many requests; please try again later'),
  REQUEST_CROSS_SITE: text('请求来自其他网站，已拒绝', 'The request came from another site and was refused'),
  REQUEST_TEXT_BROKEN: text('文字中含有无法保存的字符', 'A text holds characters that cannot be stored'),
  REQUEST_REFERENCE_UNKNOWN: text('所指的对象不存在', 'What was referred to does not exist'),
  REQUEST_CONFLICT: text('同样的内容刚刚已由他人提交', 'Somebody else has just sent the same'),
  SESSION_REQUIRED: text('请先登录', 'Please sign in'),
  SESSION_WRONG_PASSWORD: text('用户名或密码不正确', 'Login name or password is wrong'),
  SESSION_TOO_MANY_ATTEMPTS: text(
    '登录失败次数过多，请 {minutes} 分钟后再试',
    'Too many failed logins; try again in {minutes} min',
  ),
  ROLE_REQUIRED: text('您的账号没有这项权限', 'Your account is not allowed to do this'),
  ACCOUNT_LOGIN_TAKEN: text('用户名“{login}”已被使用', 'The login name “{login}” is taken'),
  ACCOUNT_LAST_ADMIN: text('至少要保留一位管理员', 'At least one admin must remain'),
  INCIDENT_NOT_FOUND: text(
    '没有这起求助，或您无权查看',
    'There is no such incident, or it is not yours to see',
  ),
  INCIDENT_TAKEN: text('已由{owner}接手', '{owner} has it already'),
  INCIDENT_WRONG_STATE: text(
    '求助的状态已变化，现在不能这样操作',
    'The incident has moved on; this is not possible now',
  ),
  INCIDENT_NOT_YOURS: text('只有接手人或值班台可以这样操作', 'Only who has it, or the desk, can do this'),
  INCIDENT_BAD_SUCCESSOR: text('不能移交给这个人', 'It cannot be handed over to this person'),
  INCIDENT_BUSY: text('求助正在变化，请再试一次', 'The incident is changing; please try again'),
  ...ticketMessages,
  SUBJECT_VITALS_CLOSED: text(
    '只有在求助处理期间才能查看位置和体征',
    'Position and vitals can be read only while an incident is open',
  ),
  SUBJECT_NOT_YOURS: text('只有监护人或值班台可以修改', 'Only the guardian or the desk may change this'),
  SUBJECT_RELATIVE_UNKNOWN: text('没有使用这个用户名的家属', 'No family member has this login name'),
  SUBJECT_LAST_GUARDIAN: text('至少要保留一位监护人', 'At least one guardian must remain'),
  SUBJECT_HOME_INCOMPLETE: text('住址的经度和纬度须同时填写', 'A home needs both latitude and longitude'),
  REPORT_BAD_PERIOD: text(
    '结束时间须晚于开始时间，最长 92 天',
    'A period ends after it begins and lasts 92 days at most',
  ),
  SERIES_BAD_QUERY: text(
    '没有这个指标，或时间范围有误',
    'There is no such signal, or the time range is wrong',
  ),
  GRID_NOT_YOURS: text('这个网格不归您管理', 'This grid belongs to another desk'),
  GRID_CODE_TAKEN: text('编码为“{code}”的网格已存在', 'There is a grid “{code}” already'),
  GRID_NOT_EMPTY: text(
    '网格内还有人员、设备、资产或记录，不能删除',
    'People, devices, assets or records belong to this grid; it cannot be removed',
  ),
  GRID_PARENT_LEVEL: text('上级网格必须是更高一级', 'The parent must be a grid of a higher level'),
  DESK_BAD_MEMBER: text('值班台只能由值班员担任', 'Only dispatchers can sit at a desk'),
  POLYGON_BROKEN: text('网格边界无法识别', 'The outline cannot be understood'),
  POLYGON_OUT_OF_RANGE: text(
    '边界坐标超出范围，应为先经度后纬度',
    'The outline lies outside the world; longitude comes first',
  ),
  POLYGON_NOT_CLOSED: text('边界没有闭合', 'The outline is not closed'),
  POLYGON_TOO_SMALL: text('边界至少要有三个不同的点', 'The outline needs three different corners at least'),
  POLYGON_TOO_MANY_POINTS: text('边界的点过多', 'The outline has too many points'),
  POLYGON_CROSSES_ITSELF: text('边界自相交', 'The outline crosses itself'),
  ROSTER_BAD_HOURS: text(
    '班次的结束时间须晚于开始时间，最晚到 24:00',
    'A shift must end after it begins, at 24:00 at the latest',
  ),
  DEVICE_ID_INVALID: text(
    '设备不能用 {nativeId} 登录：不可含 + # / 和控制字符',
    'A device cannot log in as {nativeId}: no + # / and no control characters',
  ),
  DEVICE_EXISTS: text('设备 {nativeId} 已经登记', 'The device {nativeId} is registered already'),
  DEVICE_PROTOCOL_UNKNOWN: text('不支持协议“{protocol}”', 'There is no protocol “{protocol}”'),
  DEVICE_NOT_FOUND: text('没有这个设备', 'There is no such device'),
  DEVICE_CODE_UNREADABLE: text(
    '这个码里没有设备编号。请扫描设备背面或包装盒上印有 IMEI、DevEUI 或 MAC 的码，或直接输入编号。',
    'There is no identity of a device in this code. Scan the one with IMEI, DevEUI or MAC on the device or its box, or type the number.',
  ),
  DEVICE_HARDWARE_TAKEN: text(
    '这台设备已按协议 {protocol} 登记（{nativeId}）',
    'This unit is registered already, with the protocol {protocol} ({nativeId})',
  ),
  DEVICE_PREFIX_TAKEN: text(
    '已有网关使用主题前缀 {topicPrefix}',
    'Another gateway speaks below the topic {topicPrefix}',
  ),
  DEVICE_PREFIX_INVALID: text(
    '{topicPrefix} 不能用作网关的主题前缀',
    '{topicPrefix} cannot be the topic prefix of a gateway',
  ),
  DEVICE_SUBJECT_UNKNOWN: text('没有这位佩戴者', 'There is no such wearer'),
  DEVICE_ASSET_UNKNOWN: text('没有这个资产', 'There is no such asset'),
  DEVICE_GATEWAY_UNKNOWN: text('没有这个网关', 'There is no such gateway'),
  DEVICE_NO_GATEWAY: text('只有网关才有主题前缀', 'Only a gateway has a topic of its own'),
  DEVICE_IS_GATEWAY: text('网关不能挂在另一个网关下', 'A gateway stands behind no other'),
  DEVICE_WORN: text('请在佩戴者处查看她的数据', 'Readings of a wearer are read on her own page'),
  DEVICE_SWITCH_NOT_YOURS: text(
    '只有值班台或该物业公司的经理可以操作',
    'Only the desk or a manager of its company may do this',
  ),
  DEVICE_SWITCH_FORBIDDEN: text('所属资产不允许远程分合闸', 'Its asset does not allow switching from afar'),
  DEVICE_COMMAND_NOT_YOURS: text(
    '只有监护人和负责的社区可以这样设置',
    'Only her guardian and the community office may do this',
  ),
  DEVICE_TAKES_NO_COMMANDS: text('这种设备不支持这个指令', 'This kind of device does not take this command'),
  ASSET_CODE_TAKEN: text('编码“{code}”已被使用', 'The code “{code}” is taken'),
  ASSET_PARENT_UNKNOWN: text('没有这个上级资产', 'There is no such asset to stand in'),
  ASSET_CYCLE: text('资产不能放到自己的下级里', 'An asset cannot stand below itself'),
  ASSET_TOO_DEEP: text('资产最多 {most} 层', 'Assets have at most {most} levels'),
  ASSET_POINT_INCOMPLETE: text('经度和纬度须同时填写', 'A place needs both latitude and longitude'),
  ASSET_NOT_EMPTY: text(
    '资产下还有其他资产、设备或工单，不能删除',
    'Other assets, devices or tickets belong to it; it cannot be removed',
  ),
  COMPANY_CODE_TAKEN: text('编码为“{code}”的公司已存在', 'There is a company “{code}” already'),
  COMPANY_BAD_MEMBER: text(
    '只有物业角色的账号可以加入公司，排班只能给本公司人员',
    'Only accounts with the property role work for a company, and only its own people have shifts',
  ),
  COMPANY_NOT_YOURS: text(
    '只有该公司的经理或管理员可以修改',
    'Only its managers or an admin may change this',
  ),
  IMPORT_UNREADABLE: text(
    '文件编码无法识别，请存为 UTF-8 或 GB18030（GBK）',
    'The file is neither UTF-8 nor GB18030',
  ),
  IMPORT_FORMAT: text('这里只接受 {formats} 文件', 'Only {formats} is accepted here'),
  IMPORT_TOO_LONG: text(
    '一次最多导入 {most} 行，请分成几个文件',
    'At most {most} lines at once; please split the file',
  ),
  IMPORT_JSON_BROKEN: text('不是有效的 GeoJSON 文件', 'This is not GeoJSON'),
  IMPORT_EMPTY: text('文件是空的', 'The file is empty'),
  IMPORT_LINE_BROKEN: text(
    '这一行的引号不成对，无法读取',
    'The quotes of this line do not match; it cannot be read',
  ),
  IMPORT_COLUMN_UNKNOWN: text(
    '不认识的列“{value}”，已忽略',
    'Nobody knows the column “{value}”; it was ignored',
  ),
  IMPORT_COLUMN_TWICE: text(
    '“{value}”列重复，只用第一列',
    'The column “{value}” stands twice; the first counts',
  ),
  IMPORT_FEATURE_BROKEN: text(
    '这个要素缺少属性，无法读取',
    'This feature has no properties and cannot be read',
  ),
  IMPORT_GEOMETRY_BROKEN: text(
    '坐标无法识别，应为先经度后纬度的度数',
    'The coordinates cannot be understood; degrees, longitude first',
  ),
  IMPORT_VALUE_MISSING: text('缺少“{field}”', '“{field}” is missing'),
  IMPORT_VALUE_TOO_LONG: text('“{field}”最多 {most} 个字', '“{field}” has at most {most} characters'),
  IMPORT_VALUE_UNKNOWN: text('“{field}”不能是“{value}”', '“{field}” cannot be “{value}”'),
  IMPORT_TEXT_BROKEN: text('“{field}”含有无法保存的字符', '“{field}” holds characters that cannot be stored'),
  IMPORT_CODE_INVALID: text(
    '“{field}”的值“{value}”只能用文字、数字和 . _ / -，最多 64 个字',
    '“{field}” is “{value}”: letters, digits and . _ / - only, 64 at most',
  ),
  IMPORT_NOT_A_NUMBER: text('“{field}”的值“{value}”不是数字', '“{field}” is “{value}”, which is no number'),
  IMPORT_OUT_OF_RANGE: text(
    '“{field}”的值 {value} 超出范围（{min} 到 {max}）',
    '“{field}” is {value}, outside of {min} to {max}',
  ),
  IMPORT_POINT_INCOMPLETE: text(
    '经度和纬度须同时填写，缺少“{field}”',
    'A place needs both; “{field}” is missing',
  ),
  IMPORT_TWICE: text('“{value}”与第 {first} 行重复', '“{value}” stands in line {first} already'),
  IMPORT_PARENT_UNKNOWN: text(
    '上级“{value}”不存在，或它所在的行有误',
    'The parent “{value}” does not exist, or its own line is at fault',
  ),
  IMPORT_CIRCLE: text('上级关系成了一个圈', 'The parents go round in a circle'),
  IMPORT_TOO_DEEP: text('层数过多，最多 {most} 层', 'Too many levels; {most} at most'),
  IMPORT_COMPANY_UNKNOWN: text('没有编码为“{value}”的物业公司', 'There is no company “{value}”'),
  IMPORT_GRID_UNKNOWN: text('没有编码为“{value}”的网格', 'There is no grid “{value}”'),
  IMPORT_ASSET_UNKNOWN: text('没有编码为“{value}”的资产', 'There is no asset “{value}”'),
  IMPORT_GATEWAY_UNKNOWN: text('没有编号为“{value}”的网关', 'There is no gateway “{value}”'),
  IMPORT_PROTOCOL_UNKNOWN: text('不支持协议“{value}”', 'There is no protocol “{value}”'),
  IMPORT_DEVICE_WORN: text(
    '这台设备有佩戴者，不能在这里修改',
    'Somebody wears this device; it cannot be changed here',
  ),
  IMPORT_WEARER_AMBIGUOUS: text(
    '已有 {count} 位“{value}”，请填电话或住址以便区分',
    'There are {count} wearers named “{value}”; give a phone or an address to tell them apart',
  ),
  IMPORT_TRAITS_TOO_LONG: text(
    '“{field}”最多 {most} 项，每项最多 {longest} 个字',
    '“{field}” has at most {most} words of at most {longest} letters each',
  ),
  IMPORT_WATCH_NEEDS_HOME: text('“{field}”需要家的经纬度', '“{field}” needs the coordinates of the home'),
  IMPORT_NOT_YOURS: text('这个网格不归您管理', 'This belongs to another desk'),
  IMPORT_MORE: text(
    '还有 {count} 处错误，改正以上后再次导入即可看到',
    '{count} more faults; mend these and import again',
  ),
  CLAIM_NOT_FOUND: text('没有这次登记', 'There is no such registration'),
  CLAIM_PROTOCOL_UNKNOWN: text('不支持协议“{protocol}”', 'There is no protocol “{protocol}”'),
  CLAIM_SUBJECT_MISSING: text(
    '请填写佩戴者，或选择家中已有的佩戴者',
    'Say who will wear it: somebody new, or one of your family',
  ),
  CLAIM_SUBJECT_NOT_YOURS: text('您的家人中没有这位佩戴者', 'There is no such wearer in your family'),
  CLAIM_TOO_MANY: text('登记次数过多，请一小时后再试', 'Too many registrations; please try again in an hour'),
  CLAIM_WRONG_CODE: text(
    '验证码不正确，还可以试 {attemptsLeft} 次',
    'This is not the code; {attemptsLeft} attempts are left',
  ),
  CLAIM_FAILED: text('登记未成功，请重新开始', 'The registration has failed; please start again'),
  CLAIM_EXPIRED: text('验证时间已过，请重新开始', 'The time has passed; please start again'),
  CLAIM_DEVICE_WORN: text(
    '这只手环已有佩戴者，请联系其监护人或社区',
    'Somebody wears this band already; please ask her guardian or the community office',
  ),
  CLAIM_DEVICE_INACTIVE: text(
    '这台设备已停用，请联系社区',
    'This device was put out of use; please ask the community office',
  ),
  TELEMETRY_UNAVAILABLE: text('历史数据暂时无法读取', 'Past readings cannot be read right now'),
  TELEMETRY_QUERY_FAILED: text('历史数据读取失败', 'Past readings could not be read'),
  INGEST_NO_PROTOCOL: text('没有这种协议', 'There is no such protocol'),
  INGEST_OVERLOADED: text('服务繁忙，设备会自动重发', 'The service is busy; devices will send again'),
  ...ruleMessages,
  PUSH_SOURCE_UNKNOWN: text('没有名为“{source}”的推送来源', 'There is no push source “{source}”'),
  PUSH_KEY_WRONG: text('推送密钥缺失或不正确', 'The push key is missing or wrong'),
  PUSH_TOO_MUCH_GARBAGE: text('无法识别的消息过多', 'Too many messages that cannot be understood'),
  PUSH_OVERLOADED: text('服务繁忙，请重发', 'The service is busy; please send again'),
  PUSH_NOT_HERE: text('此进程不接收设备推送', 'This process takes no messages of devices'),
  TRANSPORT_PORT_TAKEN: text('端口 {port} 无法监听', 'Port {port} cannot be listened on'),
  CONFIG_INVALID: text('环境配置有误', 'The environment is not right'),
  API_ROUTE_WITHOUT_ACCESS: text('接口没有写明访问权限', 'A route does not say who may call it'),
  DATABASE_FOREIGN: text('数据库属于另一个系统用户', 'The database belongs to another user'),
  DATABASE_IN_USE: text('数据库正被另一个进程使用', 'The database is in use by another process'),
  DATABASE_NO_BINARIES: text('本机没有可用的内置数据库', 'There is no embedded database for this machine'),
  DATABASE_NO_TEMP: text('没有合适的临时目录', 'There is no suitable temporary folder'),
  DATABASE_START_FAILED: text('内置数据库启动失败', 'The embedded database did not start'),
  DATABASE_VERSION: text('数据库由另一个版本创建', 'The database was made by another version'),
};

/** The message of a code in the reader's language; that of INTERNAL for a code without one. */
export function messageOf(
  code: string,
  { locale, details }: { locale: Locale; details: Readonly<Record<string, unknown>> },
): string {
  const found = messages[code] ?? messages.INTERNAL;
  return (found?.[locale] ?? code).replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? '…'));
}
