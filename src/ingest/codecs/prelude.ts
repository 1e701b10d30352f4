/** JavaScript that stands before and behind an operator's codec in its sandbox. */

/** What vendors' codecs expect of their host: a console that says nothing, modules in the manner of CommonJS, a small Buffer. */
export const PRELUDE = `
var module = { exports: {} }, exports = module.exports;
var console = (function () {
  var nothing = function () {};
  return { log: nothing, info: nothing, warn: nothing, error: nothing, debug: nothing, trace: nothing };
})();
var Buffer = (function () {
  function Bytes(list) { this.length = list.length; for (var i = 0; i < list.length; i++) this[i] = list[i] & 255; }
  function hexIn(text) { var out = []; for (var i = 0; i + 1 < text.length; i += 2) out.push(parseInt(text.substr(i, 2), 16)); return out; }
  var LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  function base64In(text) {
    var out = [], bits = 0, held = 0;
    for (var i = 0; i < text.length; i++) {
      var at = LETTERS.indexOf(text[i] === '-' ? '+' : text[i] === '_' ? '/' : text[i]);
      if (at < 0) continue;
      held = ((held << 6) | at) & 0xffffff; bits += 6;
      if (bits >= 8) { bits -= 8; out.push((held >> bits) & 255); }
    }
    return out;
  }
  function textIn(text) {
    var plain = unescape(encodeURIComponent(text)), out = [];
    for (var i = 0; i < plain.length; i++) out.push(plain.charCodeAt(i));
    return out;
  }
  function base64Out(list) {
    var out = '';
    for (var i = 0; i < list.length; i += 3) {
      var word = (list[i] << 16) | ((list[i + 1] || 0) << 8) | (list[i + 2] || 0);
      out += LETTERS[(word >> 18) & 63] + LETTERS[(word >> 12) & 63];
      out += i + 1 < list.length ? LETTERS[(word >> 6) & 63] : '=';
      out += i + 2 < list.length ? LETTERS[word & 63] : '=';
    }
    return out;
  }
  var B = Bytes.prototype;
  B.slice = B.subarray = function (from, to) { return new Bytes(Array.prototype.slice.call(this, from, to)); };
  B.toString = function (kind) {
    var i, out = '';
    if (kind === 'hex') { for (i = 0; i < this.length; i++) out += (this[i] < 16 ? '0' : '') + this[i].toString(16); return out; }
    if (kind === 'base64') return base64Out(this);
    for (i = 0; i < this.length; i++) out += String.fromCharCode(kind === 'ascii' ? this[i] & 127 : this[i]);
    if (kind === 'latin1' || kind === 'binary' || kind === 'ascii') return out;
    try { return decodeURIComponent(escape(out)); } catch (error) { return out; }
  };
  B.toJSON = function () { return { type: 'Buffer', data: Array.prototype.slice.call(this) }; };
  B.forEach = Array.prototype.forEach; B.map = Array.prototype.map; B.indexOf = Array.prototype.indexOf; B.reduce = Array.prototype.reduce;
  B[Symbol.iterator] = Array.prototype[Symbol.iterator];
  function view(bytes) { return new DataView(new Uint8Array(Array.prototype.slice.call(bytes)).buffer); }
  function reader(get, little) { return function (at) { return view(this)[get](at || 0, little); }; }
  B.readUInt8 = B.readUint8 = reader('getUint8'); B.readInt8 = reader('getInt8');
  ['16', '32'].forEach(function (size) {
    [['LE', true], ['BE', false]].forEach(function (order) {
      B['readUInt' + size + order[0]] = B['readUint' + size + order[0]] = reader('getUint' + size, order[1]);
      B['readInt' + size + order[0]] = reader('getInt' + size, order[1]);
    });
  });
  B.readFloatLE = reader('getFloat32', true); B.readFloatBE = reader('getFloat32', false);
  B.readDoubleLE = reader('getFloat64', true); B.readDoubleBE = reader('getFloat64', false);
  function whole(bytes, at, size, little, signed) {
    var value = 0;
    for (var i = 0; i < size; i++) value = value * 256 + bytes[little ? at + size - 1 - i : at + i];
    return signed && value >= Math.pow(2, size * 8 - 1) ? value - Math.pow(2, size * 8) : value;
  }
  B.readUIntBE = B.readUintBE = function (at, size) { return whole(this, at, size, false, false); };
  B.readUIntLE = B.readUintLE = function (at, size) { return whole(this, at, size, true, false); };
  B.readIntBE = function (at, size) { return whole(this, at, size, false, true); };
  B.readIntLE = function (at, size) { return whole(this, at, size, true, true); };
  function writer(size, little) {
    return function (value, at) { for (var i = 0; i < size; i++) this[(at || 0) + (little ? i : size - 1 - i)] = Math.floor(value / Math.pow(256, i)) & 255; return (at || 0) + size; };
  }
  B.writeUInt8 = B.writeInt8 = writer(1); B.writeUInt16BE = B.writeInt16BE = writer(2); B.writeUInt16LE = B.writeInt16LE = writer(2, true);
  B.writeUInt32BE = B.writeInt32BE = writer(4); B.writeUInt32LE = B.writeInt32LE = writer(4, true);
  return {
    from: function (given, kind) {
      if (typeof given !== 'string') return new Bytes(given);
      return new Bytes(kind === 'hex' ? hexIn(given) : kind === 'base64' ? base64In(given) : textIn(given));
    },
    alloc: function (size) { return new Bytes(new Array(size).fill(0)); },
    isBuffer: function (given) { return given instanceof Bytes; },
    concat: function (list) { return new Bytes([].concat.apply([], list.map(function (one) { return Array.prototype.slice.call(one); }))); }
  };
})();
`;

/**
 * Gives the function that is called for each payload: JSON in, JSON out, its length where it is too long. The three customary entries
 * in their order; undefined where the codec has none.
 */
export const callerOf = (mostCharacters: number): string => `
(function () {
  var own = module.exports || {};
  var up = typeof decodeUplink === 'function' ? decodeUplink : own.decodeUplink;
  var four = typeof Decode === 'function' ? Decode : own.Decode;
  var two = typeof Decoder === 'function' ? Decoder : own.Decoder;
  if (typeof up !== 'function' && typeof four !== 'function' && typeof two !== 'function') return undefined;
  return function (given) {
    var input = JSON.parse(given), out;
    if (typeof up === 'function') {
      input.recvTime = new Date(input.recvTime);
      input.variables = {};
      out = up(input) || {};
    } else if (typeof four === 'function') out = { data: four(input.fPort, input.bytes, {}) };
    else out = { data: two(input.bytes, input.fPort) };
    var text = JSON.stringify({ data: out.data, errors: out.errors });
    return text.length > ${mostCharacters} ? text.length : text;
  };
})()
`;
