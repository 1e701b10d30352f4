/** What fields of decoded messages are called, in English, pinyin and Chinese, and what they mean where nobody tells. Data, no code. */
import type { Signal } from '../src/model/signals.ts';

/** What the device that speaks is there for: the same name (`temperature`, `switch`, `leak`) means something else in each. */
export type Purpose = 'person' | 'circuit' | 'water' | 'hazard';

export interface Field {
  signal: Signal;
  /** Separated by spaces; compared without case, spaces and punctuation. */
  names: string;
  /** The customary unit of a number without one. */
  unit?: string;
  /** `unlike` is a state that is true where the field is false; `pair` is two numbers, `120/80`. */
  as?: 'unlike' | 'pair';
  /** The name means this on such a device alone. */
  of?: readonly Purpose[];
  /** The name says nothing of what the device is. */
  vague?: true;
}

const circuit = { of: ['circuit'] } as const;
const person = { of: ['person'] } as const;
const water = { of: ['water'] } as const;

const wearer: readonly Field[] = [
  {
    signal: 'heart_rate',
    names:
      'heartrate hr heart heartbeat heartratevalue pulse pulserate bpm xinlv currentheartrate 心率 心率值 脉搏 脉率',
  },
  {
    signal: 'spo2',
    names:
      'spo2 spo2value spo bo boc bloodoxygen bloodo2 oxygen oxygensaturation bloodoxygensaturation bloodoxygenvalue spo2h o2sat xueyang 血氧 血氧饱和度 血氧值',
  },
  {
    signal: 'systolic',
    names:
      'systolic sbp bpsystolic systolicpressure systolicbp systolicbloodpressure systolicpress bloodpressuresystolic bloodpressurehigh highbloodpressure bphigh hbp bloodhigh highblood sphygmussystolic gaoya 收缩压 高压',
  },
  { signal: 'systolic', names: 'sys highpressure pressurehigh', ...person },
  {
    signal: 'diastolic',
    names:
      'diastolic dbp bpdiastolic diastolicpressure diastolicbp diastolicbloodpressure diastolicpress bloodpressurediastolic bloodpressurelow lowbloodpressure bplow lbp bloodlow lowblood sphygmusdiastolic diya 舒张压 低压',
  },
  { signal: 'diastolic', names: 'dia lowpressure pressurelow', ...person },
  { signal: 'systolic', as: 'pair', names: 'bloodpressure bp bldpressure 血压' },
  {
    signal: 'body_temperature',
    unit: '°C',
    names: 'bodytemperature bodytemp bodytemperaturevalue btemp humantemperature wristtemperature tiwen 体温',
  },
  {
    signal: 'body_temperature',
    unit: '°C',
    names: 'temperature temp temperaturevalue wendu 温度',
    vague: true,
    ...person,
  },
  {
    signal: 'respiratory_rate',
    names: 'respiratoryrate respirationrate breathrate breathingrate breath respiration breathe 呼吸 呼吸率',
  },
  { signal: 'blood_glucose', unit: 'mmol/L', names: 'bloodglucose bloodsugar glucose 血糖' },
  {
    signal: 'steps',
    names: 'steps step stepcount stepnum stepcounter stepnumber pedometer walksteps 步数 计步',
  },
];

const calls: readonly Field[] = [
  {
    signal: 'sos',
    names:
      'sos sosalarm alarmsos sosstate sosstatus sosbutton soskey soscall sosevent sosflag emergency emergencyalarm emergencycall emergencybutton panic panicalarm panicbutton helpalarm callhelp callforhelp 求助 呼救 求救 紧急求助 紧急呼叫 紧急报警 一键求助 一键呼救 一键报警',
  },
  { signal: 'service_call', names: 'servicecall servicerequest nursecall callservice 服务呼叫 呼叫服务' },
  {
    signal: 'fall',
    names:
      'fall falldown fallalarm falldownalarm fallstatus fallstate falldetected falldetection fallflag tumble tumblealarm 跌倒 摔倒 跌倒报警 跌倒告警',
  },
  {
    signal: 'no_motion',
    names: 'nomotion nomovement nomotionalarm nomovementalarm stillnessalarm 长时间不动 久静',
  },
  {
    signal: 'worn',
    names: 'worn wear iswear iswearing wearing wearstate wearstatus weared wearflag onwrist 佩戴 佩戴状态',
  },
  {
    signal: 'worn',
    as: 'unlike',
    names:
      'notworn takeoff takenoff takeoffalarm removed removealarm offwrist offwristalarm unwear 脱落 摘下 脱腕',
  },
  { signal: 'moving', names: 'moving ismoving motionstate inmotion 运动状态' },
  {
    signal: 'charging',
    names: 'charging ischarging ischarge chargestate chargestatus chargingstate chargingstatus 充电 充电状态',
  },
  { signal: 'fence_exit', names: 'fenceexit outfence leavefence fenceout exitfence outofarea 出围栏' },
  { signal: 'fence_enter', names: 'fenceenter infence enterfence fencein 进围栏' },
  { signal: 'vibration', names: 'vibration vibrationalarm shock shockalarm shockstate 震动 震动报警 振动' },
  { signal: 'general_alarm', names: 'generalalarm' },
];

const device: readonly Field[] = [
  {
    signal: 'battery',
    unit: '%',
    names:
      'battery batt bat batterylevel batterypercent batterypercentage batterypower batteryvalue batterycapacity batterylife batteryremaining batteryremain batterysoc batterystatus batteryenergy batlevel batpercent remainingbattery residualelectricity electricquantity vabattery soc dianliang 电池电量 剩余电量 电池',
  },
  { signal: 'battery', unit: '%', names: 'electricity 电量', vague: true },
  { signal: 'battery', unit: '%', names: 'power', vague: true, of: ['person', 'water', 'hazard'] },
  {
    signal: 'battery_voltage',
    unit: 'V',
    names:
      'batteryvoltage batteryvol batteryvolt batvoltage batvol batv battv vbat vbatt cellvoltage supplyvoltage lithiumbatteryvoltage 电池电压',
  },
  {
    signal: 'battery_low',
    names:
      'batterylow lowbattery lowpower lowbat lowbatt lowbatteryalarm batterylowalarm lowbatteryalarmstate batteryalarm batterystate lowelectricity lowvoltagealarm undervoltagebattery lowpoweralarm 低电 低电量 低电报警 低电量报警 电池欠压 电池低电压',
  },
  {
    signal: 'tamper',
    names:
      'tamper tamperalarm tamperstate tamperstatus temperalarm tampered tamperswitch tampersensor tamperingalarm disassemble disassembly dismantle dismantlealarm dismantlestate antidismantle antitamper 防拆 防拆报警 拆除 拆除报警 防拆状态',
  },
  {
    signal: 'sensor_fault',
    names:
      'sensorfault devicefault faultalarm faultstate faultstatus faultcode sensorerror deviceerror malfunction probefault sensorstatefault selftestfault 故障 故障状态 传感器故障 设备故障 探头故障',
  },
  { signal: 'sensor_fault', names: 'fault', vague: true, of: ['person', 'water', 'hazard'] },
  { signal: 'rssi', unit: 'dBm', names: 'rssi rsrp signalstrength signalpower signal 信号强度' },
  { signal: 'snr', unit: 'dB', names: 'snr sinr' },
  { signal: 'online', names: 'online isonline onlinestate onlinestatus 在线 在线状态' },
];

const pipes: readonly Field[] = [
  {
    signal: 'water_leak',
    names:
      'waterleak waterleakage waterleakstatus waterleakstate waterleakalarm waterleakdetected waterleaksensor waterleakagealarm waterleakagestate leakagestatus leakstatus leakstate leakalarm leakdetected leakdetect flood floodalarm flooding flooded floodstate waterimmersion waterimmersionalarm waterimmersionstate immersion immersionalarm waterlogging watersensorstate watersensorstatus watersensor waterdetected wateralarm waterintrusion waterstate soak soaking watersoak shuijin loushui 水浸 水浸状态 水浸报警 水浸告警 漏水 漏水状态 漏水报警 漏水告警 浸水 溢水',
  },
  { signal: 'water_leak', names: 'leak leakage', vague: true },
  {
    signal: 'leak_position',
    unit: 'm',
    names: 'leakposition leaklocation leakdistance leakageposition 漏水位置',
  },
  {
    signal: 'water_pressure',
    names:
      'waterpressure pipepressure pipelinepressure waterpress pipepress hydraulicpressure liquidpressure inletpressure outletpressure pressurevalue waterpressurevalue shuiya 水压 管网压力 管道压力 水管压力 压力 压力值',
  },
  { signal: 'water_pressure', names: 'pressure press', vague: true },
  {
    signal: 'water_flow',
    unit: 'm³/h',
    names:
      'waterflow flowrate waterflowrate instantflow instantaneousflow instantflowrate flowvelocity currentflow realtimeflow flow 瞬时流量 流量',
  },
  {
    signal: 'water_volume',
    unit: 'm³',
    names:
      'watervolume waterconsumption waterconsumed totalwater totalflow cumulativeflow accumulatedflow accumulateflow totalwaterconsumption wateruse waterused watermeterreading cumulativevolume totalvolume meterreading positivecumulativeflow forwardflow 累计流量 累积流量 用水量 累计用水量 水表读数',
  },
  { signal: 'water_temperature', unit: '°C', names: 'watertemperature watertemp liquidtemperature 水温' },
  {
    signal: 'level_depth',
    names:
      'waterlevel liquidlevel leveldepth liquidlevelvalue waterlevelvalue waterdepth liquidheight waterheight liquiddepth tanklevel poollevel yewei shuiwei 液位 水位 水深 液位高度 水位高度',
  },
  { signal: 'level_depth', names: 'level depth', vague: true, ...water },
  { signal: 'level_distance', unit: 'mm', names: 'leveldistance distance emptyheight 空高 测距' },
  {
    signal: 'fill',
    unit: '%',
    names:
      'fill filllevel fillpercent fillpercentage fillrate filling fullness liquidlevelpercent waterlevelpercent levelpercent tankpercent overflowratio garbagelevel 满溢度 满溢率 液位百分比',
  },
  {
    signal: 'valve_position',
    names:
      'valve valvestate valvestatus valveposition valveswitch valveopen valvecontrol watervalve watervalvestate 阀门 阀门状态 阀门开关',
  },
  { signal: 'valve_position', names: 'switch state', vague: true, ...water },
  {
    signal: 'cover_open',
    names:
      'coveropen coverstate coverstatus coveropened manholecover manholestate manholestatus wellcover wellcoverstate coveralarm openalarm 井盖 井盖状态 井盖开启 井盖打开',
  },
  { signal: 'tilt', unit: '°', names: 'tilt tiltangle angle inclination 倾角 倾斜角度' },
];

const electric: readonly Field[] = [
  {
    signal: 'breaker_position',
    names:
      'breakerposition breakerstate breakerstatus breaker circuitbreaker breakerswitch relaystate relaystatus powerswitch localswitch switchstate switchstatus switchposition onoffstate closingstate openclosestate fenhezha hezha 分合闸 分合闸状态 合闸状态 开关状态 断路器状态 开关',
  },
  { signal: 'breaker_position', names: 'switch relay', vague: true, of: ['circuit'] },
  { signal: 'breaker_position', names: 'state onoff', vague: true, ...circuit },
  {
    signal: 'voltage',
    unit: 'V',
    names:
      'linevoltage mainsvoltage phasevoltage acvoltage rmsvoltage gridvoltage voltagea voltagecurrent curvoltage dianya',
  },
  { signal: 'voltage', unit: 'V', names: 'voltage volt vol u 电压', vague: true },
  {
    signal: 'current',
    unit: 'A',
    names: 'current linecurrent phasecurrent loadcurrent rmscurrent accurrent electriccurrent dianliu i 电流',
  },
  { signal: 'current', unit: 'mA', names: 'curcurrent' },
  {
    signal: 'residual_current',
    unit: 'mA',
    names:
      'residualcurrent leakagecurrent leakcurrent leakcur leakagecur remaincurrent remainingcurrent surpluscurrent rcd earthleakage earthleakagecurrent zerosequencecurrent leakedcurrent 剩余电流 漏电流 漏电 漏电电流',
  },
  { signal: 'residual_current', unit: 'mA', names: 'leak leakage', ...circuit },
  {
    signal: 'power',
    unit: 'W',
    names:
      'activepower totalpower totalactivepower powervalue realpower loadpower electricpower powercurrent curpower activepowertotal powerconsumption poweractive p 功率 有功功率 总功率 总有功功率',
  },
  { signal: 'power', unit: 'W', names: 'power', vague: true, ...circuit },
  { signal: 'reactive_power', unit: 'var', names: 'reactivepower totalreactivepower q 无功功率' },
  { signal: 'apparent_power', unit: 'VA', names: 'apparentpower totalapparentpower s 视在功率' },
  {
    signal: 'energy_import',
    unit: 'kWh',
    names:
      'energy totalenergy activeenergy electricenergy energytotal totalforwardenergy forwardenergytotal forwardenergy totalactiveenergy electricityconsumption electricityconsumed energyconsumption energyconsumed importenergy energyimport powerquantity totalelectricity kwh ep epi addele useelectricity 电能 用电量 总电量 累计电量 有功电能 正向有功电能',
  },
  { signal: 'energy_import', unit: 'kWh', names: 'electricity 电量', ...circuit },
  {
    signal: 'energy_export',
    unit: 'kWh',
    names:
      'exportenergy energyexport reverseenergy reverseenergytotal energyproduced producedenergy 反向有功电能',
  },
  { signal: 'power_factor', unit: '', names: 'powerfactor pf cosphi factor 功率因数' },
  {
    signal: 'frequency',
    unit: 'Hz',
    names: 'frequency supplyfrequency acfrequency gridfrequency freq hz 频率',
  },
  {
    signal: 'conductor_temperature',
    unit: '°C',
    names:
      'conductortemperature cabletemperature linetemperature wiretemperature cabletemp linetemp wiretemp terminaltemperature 线缆温度 线温 电缆温度 接线温度',
  },
  {
    signal: 'breaker_temperature',
    unit: '°C',
    names: 'breakertemperature breakertemp tempcurrent 断路器温度',
  },
  {
    signal: 'breaker_temperature',
    unit: '°C',
    names: 'temperature temp devicetemperature devicetemp internaltemperature modulustemperature wendu 温度',
    vague: true,
    ...circuit,
  },
];

const ENDS = ['', 'alarm', 'state', 'status', 'detected', 'sensorstate', 'sensorstatus', 'alarmstate'];
const ALARMS = (words: string) =>
  words
    .split(' ')
    .flatMap((word) => ENDS.map((end) => word + end))
    .join(' ');

const hazards: readonly Field[] = [
  { signal: 'smoke', names: `${ALARMS('smoke')} 烟雾 烟感 烟雾报警 烟感报警 烟雾告警 火警烟雾` },
  {
    signal: 'gas',
    names: `${ALARMS('gas gasleak gasleakage combustiblegas methane naturalgas')} 燃气 燃气报警 燃气泄漏 可燃气体`,
  },
  { signal: 'carbon_monoxide', names: `${ALARMS('carbonmonoxide co')} 一氧化碳` },
  { signal: 'fire', names: `${ALARMS('fire flame heat')} 火警 火灾 火灾报警 火警报警` },
];

/** The order is that of preference where a name stands twice. */
export const fields: readonly Field[] = [...calls, ...wearer, ...hazards, ...pipes, ...electric, ...device];

/** What a signal tells of the device that has it. */
export const purposeOfSignal: Partial<Record<Signal, Purpose>> = {
  heart_rate: 'person',
  spo2: 'person',
  systolic: 'person',
  diastolic: 'person',
  body_temperature: 'person',
  steps: 'person',
  worn: 'person',
  blood_glucose: 'person',
  current: 'circuit',
  residual_current: 'circuit',
  power: 'circuit',
  reactive_power: 'circuit',
  apparent_power: 'circuit',
  energy_import: 'circuit',
  energy_export: 'circuit',
  power_factor: 'circuit',
  breaker_position: 'circuit',
  conductor_temperature: 'circuit',
  breaker_temperature: 'circuit',
  voltage: 'circuit',
  water_leak: 'water',
  water_pressure: 'water',
  water_flow: 'water',
  water_volume: 'water',
  water_temperature: 'water',
  level_depth: 'water',
  fill: 'water',
  valve_position: 'water',
  smoke: 'hazard',
  gas: 'hazard',
  carbon_monoxide: 'hazard',
  fire: 'hazard',
};
