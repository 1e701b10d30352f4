/** The whole status of a Gen1 device in one message: `info`, and `status` of motion sensors and radiator valves. */
import { add, isObject, type JsonObject } from '../sink.ts';
import { put } from './components.ts';
import { gen1Point, readGas, readGen1Output, readOverheating, readValve, WATT_MINUTE_WH } from './gen1.ts';
import type { Talk } from './session.ts';

function each(list: unknown, read: (item: JsonObject, index: number) => void): undefined {
  if (!Array.isArray(list)) return;
  list.slice(0, 8).forEach((item, index) => {
    if (isObject(item) && item.is_valid !== false) read(item, index);
  });
}

const scaled = (value: unknown, factor: number) => (typeof value === 'number' ? value * factor : value);
const absolute = (value: unknown) => (typeof value === 'number' ? Math.abs(value) : value);

function readMeters(talk: Talk, { meters, emeters }: JsonObject): undefined {
  const { sink, id } = talk;
  each(meters, (meter, index) => {
    const place = gen1Point(id, index);
    put(sink, 'power', meter.power, place);
    put(sink, 'energy_import', scaled(meter.total, WATT_MINUTE_WH), place);
  });
  each(emeters, (meter, index) => {
    const place = gen1Point(id, index);
    put(sink, 'power', meter.power, place);
    put(sink, 'voltage', meter.voltage, place);
    put(sink, 'current', meter.current, place);
    put(sink, 'power_factor', absolute(meter.pf), place);
    put(sink, 'reactive_power', meter.reactive, place);
    put(sink, 'energy_import', meter.total, place);
    put(sink, 'energy_export', meter.total_returned, place);
  });
}

function readBattery({ sink }: Talk, { bat, battery = bat }: JsonObject): undefined {
  if (!isObject(battery)) return put(sink, 'battery', battery);
  const { value, voltage } = battery;
  if (typeof voltage === 'number' && voltage > 0) put(sink, 'battery_voltage', voltage);
  if (value !== 0) put(sink, 'battery', value);
}

function readStates(talk: Talk, status: JsonObject): undefined {
  const { sink } = talk;
  for (const [key, signal] of [
    ['flood', 'water_leak'],
    ['smoke', 'smoke'],
    ['charger', 'charging'],
    ['sensor_error', 'sensor_fault'],
  ] as const) {
    const value = status[key];
    if (typeof value === 'boolean') add(sink, { signal, value });
  }
  const { gas_sensor: gas, valves, wifi_sta: wifi } = status;
  if (isObject(gas) && typeof gas.alarm_state === 'string') readGas(talk, gas.alarm_state);
  each(valves, ({ state }) => {
    if (typeof state === 'string') readValve(talk, state);
  });
  if (isObject(wifi) && typeof wifi.rssi === 'number' && wifi.rssi < 0) put(sink, 'rssi', wifi.rssi);
}

export function readGen1Status(talk: Talk, status: JsonObject): undefined {
  readStates(talk, status);
  each(status.relays, ({ ison, overpower }, index) => {
    if (typeof ison === 'boolean')
      readGen1Output(talk, index, ison ? 'on' : overpower === true ? 'overpower' : 'off');
  });
  if (typeof status.overtemperature === 'boolean') readOverheating(talk, status.overtemperature);
  readMeters(talk, status);
  readBattery(talk, status);
  put(talk.sink, 'voltage', status.voltage);
  if (Array.isArray(status.relays)) put(talk.sink, 'breaker_temperature', status.temperature);
}
