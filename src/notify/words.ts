/** What messages are made of, in both languages. `{who}`, `{what}`, `{by}` are filled in. */
export interface Words {
  titles: Readonly<Record<string, string>>;
  /** For a template that is not listed. */
  otherTitle: string;
  kinds: Readonly<Record<string, string>>;
  severities: Readonly<Record<string, string>>;
  outcomes: Readonly<Record<string, string>>;
  sources: Readonly<Record<string, string>>;
  helps: Readonly<Record<string, string>>;
  labels: Record<
    | 'who'
    | 'what'
    | 'when'
    | 'where'
    | 'grid'
    | 'fix'
    | 'map'
    | 'open'
    | 'by'
    | 'help'
    | 'outcome'
    | 'note'
    | 'value'
    | 'devices',
    string
  >;
  colon: string;
  comma: string;
  unregistered: string;
  somebody: string;
  presses: string;
  /** `{silent}` of `{of}` devices. */
  outage: string;
  late: string;
  stale: string;
  noPlace: string;
}

export const zh: Words = {
  titles: {
    incident_raised: '【{what}】{who}，请立即响应',
    incident_repeat: '【{what}·仍无人响应】{who}，请立即响应',
    incident_reopened: '【{what}·再次求助】{who}，请立即响应',
    incident_again: '【{what}·又按了一次】{who}',
    incident_need_help: '【请求支援】{who}：{what}',
    incident_hand_over: '【请求移交】{by} 请您接手：{who}，{what}',
    incident_taken: '{by} 已接警：{who}，{what}',
    incident_released: '{by} 已放弃接警，需要他人接手：{who}，{what}',
    incident_lost: '您的接警已超时，已通知下一位：{who}，{what}',
    incident_reminder: '请更新处置进展：{who}，{what}',
    incident_resolved: '已处置：{who}，{what}',
    notice: '【提醒】{who}：{what}',
  },
  otherTitle: '【通知】{who}：{what}',
  kinds: {
    sos: 'SOS 求助',
    fall: '跌倒报警',
    service_call: '服务呼叫',
    general_alarm: '设备报警',
    smoke: '烟雾报警',
    gas: '燃气报警',
    carbon_monoxide: '一氧化碳报警',
    fire: '火警',
    heart_rate_high: '心率过高',
    heart_rate_low: '心率过低',
    spo2_low: '血氧过低',
    blood_pressure_high: '血压过高',
    blood_pressure_low: '血压过低',
    body_temperature_high: '体温过高',
    body_temperature_low: '体温过低',
    not_worn: '手环未佩戴',
    battery_low: '电量不足',
    device_silent: '设备失联',
    no_motion: '长时间无活动',
    fence_exit: '离开安全区域',
    water_leak: '漏水',
    pressure_low: '水压过低',
    pressure_high: '水压过高',
    burst_suspected: '疑似爆管',
    level_high: '水位过高',
    bin_full: '垃圾桶满溢',
    manhole_open: '井盖异常打开',
    breaker_tripped: '断路器跳闸',
    overload_warning: '过载预警',
    over_current_warning: '过流预警',
    residual_current_high: '漏电电流过高',
    conductor_hot: '线缆温度过高',
    over_voltage: '电压过高',
    under_voltage: '电压过低',
    phase_loss: '缺相',
    arc_fault: '电弧故障',
    breaker_warning: '断路器告警',
    sensor_battery_low: '传感器电量不足',
    sensor_silent: '传感器失联',
    sensor_offline: '传感器离线',
    sensor_fault: '传感器故障',
    gateway_dead: '网关失联',
    mass_offline: '大面积设备失联',
  },
  severities: { critical: '紧急', warning: '警告', info: '提示' },
  outcomes: {
    helped: '已救助',
    hospital: '已送医',
    refused: '本人谢绝帮助',
    false_press: '误按',
    device_fault: '设备故障',
    unreachable_entered: '无人应答，已入户',
    drill: '演练',
    test: '测试',
  },
  sources: {
    gps: '卫星定位',
    wifi: 'Wi-Fi 定位',
    cell: '基站定位',
    beacon: '信标定位',
    vendor: '厂商定位',
    home: '家庭住址',
    asset: '设施位置',
  },
  helps: { '120': '120 急救', '110': '110 报警', '119': '119 消防', people: '增派人手' },
  labels: {
    who: '人员',
    what: '事件',
    when: '时间',
    where: '地点',
    grid: '网格',
    fix: '定位',
    map: '地图',
    open: '处置页面',
    by: '响应人',
    help: '需要',
    outcome: '结果',
    note: '说明',
    value: '数值',
    devices: '设备',
  },
  colon: '：',
  comma: '，',
  unregistered: '未登记设备 {id}',
  somebody: '有人',
  presses: '（第 {n} 次按键）',
  outage: '{of} 台中有 {silent} 台同时失联',
  late: '（设备补报，事件发生在此时间）',
  stale: '之前的位置',
  noPlace: '位置未知',
};

export const en: Words = {
  titles: {
    incident_raised: '[{what}] {who}: please respond now',
    incident_repeat: '[{what}, still unanswered] {who}: please respond now',
    incident_reopened: '[{what}, calling again] {who}: please respond now',
    incident_again: '[{what}, pressed again] {who}',
    incident_need_help: '[Help needed] {who}: {what}',
    incident_hand_over: '[Hand-over] {by} asks you to take over: {who}, {what}',
    incident_taken: '{by} has it: {who}, {what}',
    incident_released: '{by} gave it back, somebody else is needed: {who}, {what}',
    incident_lost: 'Your time ran out, the next person was asked: {who}, {what}',
    incident_reminder: 'Please say how it goes: {who}, {what}',
    incident_resolved: 'Resolved: {who}, {what}',
    notice: '[Notice] {who}: {what}',
  },
  otherTitle: '[Message] {who}: {what}',
  kinds: {
    sos: 'SOS',
    fall: 'Fall',
    service_call: 'Call for service',
    general_alarm: 'Device alarm',
    smoke: 'Smoke',
    gas: 'Gas',
    carbon_monoxide: 'Carbon monoxide',
    fire: 'Fire',
    heart_rate_high: 'High heart rate',
    heart_rate_low: 'Low heart rate',
    spo2_low: 'Low blood oxygen',
    blood_pressure_high: 'High blood pressure',
    blood_pressure_low: 'Low blood pressure',
    body_temperature_high: 'High body temperature',
    body_temperature_low: 'Low body temperature',
    not_worn: 'Wristband not worn',
    battery_low: 'Low battery',
    device_silent: 'Device silent',
    no_motion: 'No movement for long',
    fence_exit: 'Left the safe area',
    water_leak: 'Water leak',
    pressure_low: 'Low water pressure',
    pressure_high: 'High water pressure',
    burst_suspected: 'Burst pipe suspected',
    level_high: 'High water level',
    bin_full: 'Bin full',
    manhole_open: 'Manhole open',
    breaker_tripped: 'Breaker tripped',
    overload_warning: 'Overload',
    over_current_warning: 'Over-current',
    residual_current_high: 'High residual current',
    conductor_hot: 'Hot conductor',
    over_voltage: 'Over-voltage',
    under_voltage: 'Under-voltage',
    phase_loss: 'Phase lost',
    arc_fault: 'Arc fault',
    breaker_warning: 'Breaker warning',
    sensor_battery_low: 'Sensor battery low',
    sensor_silent: 'Sensor silent',
    sensor_offline: 'Sensor offline',
    sensor_fault: 'Sensor fault',
    gateway_dead: 'Gateway dead',
    mass_offline: 'Many devices silent',
  },
  severities: { critical: 'critical', warning: 'warning', info: 'information' },
  outcomes: {
    helped: 'helped',
    hospital: 'taken to hospital',
    refused: 'help refused',
    false_press: 'pressed by mistake',
    device_fault: 'device fault',
    unreachable_entered: 'no answer, home entered',
    drill: 'drill',
    test: 'test',
  },
  sources: {
    gps: 'satellite fix',
    wifi: 'Wi-Fi',
    cell: 'cell tower',
    beacon: 'beacon',
    vendor: 'vendor',
    home: 'home address',
    asset: 'place of the sensor',
  },
  helps: {
    '120': 'ambulance (120)',
    '110': 'police (110)',
    '119': 'fire brigade (119)',
    people: 'more people',
  },
  labels: {
    who: 'Who',
    what: 'What',
    when: 'When',
    where: 'Where',
    grid: 'Grid',
    fix: 'Position',
    map: 'Map',
    open: 'Open',
    by: 'Responder',
    help: 'Needed',
    outcome: 'Outcome',
    note: 'Note',
    value: 'Value',
    devices: 'Devices',
  },
  colon: ': ',
  comma: ', ',
  unregistered: 'Unregistered device {id}',
  somebody: 'Somebody',
  presses: ' (press {n})',
  outage: '{silent} of {of} fell silent together',
  late: ' (sent late by the device; this is when it happened)',
  stale: 'earlier position',
  noPlace: 'Place unknown',
};
