// Writes golden.json: the results of Node's JSON, Number, String and Date.
// Run: TZ=UTC node testdata/golden.mjs > testdata/golden.json
const b64 = (x) => Buffer.from(x).toString("base64");
const td = new TextDecoder();
const texts = [
  "null", "true", "false", " \t\r\n1 ", "0", "-0", "-0.0", "1.5", "1e3", "1E+3", "1e-7", "0.000001", "1e21", "123456789012345680000",
  "999999999999999", "1000000000000000", "9007199254740993", "1e999", "-1e999", "1e-999", "5e-324", "1.7976931348623157e308", "0.1", "100e-2",
  "01", "-", "+1", ".5", "1.", "1e", "1e+", "--1", "0x1", "NaN", "Infinity", "tru", "nul", "truex", "", " ", "{", "[", "[1", "[1,", "[1,]", "[,]", "{,}",
  '{"a":1,}', '{"a"}', '{"a":}', "{a:1}", "{'a':1}", '{"a":1 "b":2}', "[1 2]", "1 2", "[]]", "{}}", '"', '"a', '"\\', '"\\x"', '"\\u12"', '"\\u12g4"', '"a\nb"', '"a\tb"', '"\u007f"',
  '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041"', '"\\u0000\\u001f"', '"\\ud800"', '"\\udc00"', '"\\ud83d\\ude00"', '"\\ud83d\\ud83d\\ude00"', '"\\ud800\\u0041"', '"\\ud800x"', '"\\udbff\\udfff"', '"\\uD83D\\"', '"\\ud83d\\udzzz"',
  '"<>&\u2028\u2029é漢😀"', '{"b":1,"a":2,"b":3}', '{"2":1,"b":1,"1":2,"a":3,"0":4}', '{"b":1,"10":1,"9":2,"01":3,"-1":4,"1.5":5,"4294967294":6,"4294967295":7,"4294967296":8,"99999999999":9}',
  '{"__proto__":1,"a":2}', '{"__proto__":{"x":1}}', '{"constructor":1,"toString":2}', '{"":1}', '{"a":{"b":[{},[],[[]],null]}}', "[1,[2,[3,{}]]]", " { \"a\" : [ 1 , 2 ] } ",
  '{"\\u0061":1,"a":2}', "\ufeff1", "\ufeff\ufeff1", "1\ufeff", "\u00a01", '{"k1":1,"k2":1,"k3":1,"k4":1,"k5":1,"k6":1,"k7":1,"k8":1,"k9":1,"k10":1,"k11":1,"k12":1,"k13":1,"k14":1,"k3":2,"7":1,"3":1,"5":1,"k14":9,"3":0}',
  "[" + Array.from({ length: 40 }, (_, i) => `${i}.${i}e${i - 20}`).join(",") + "]",
];
const raw = texts.map((t) => Buffer.from(t));
const bytes = (...b) => Buffer.concat([Buffer.from('"'), Buffer.from(b), Buffer.from('"')]);
raw.push(bytes(0xff), bytes(0xc0, 0x80), bytes(0xe2, 0x82), bytes(0xe2, 0x82, 0x41), bytes(0xed, 0xa0, 0x80), bytes(0xf0, 0x9f, 0x98), bytes(0xf4, 0x90, 0x80, 0x80), bytes(0xf0, 0x80, 0x80), bytes(0xe0, 0x80, 0x41), bytes(0x80, 0xbf), bytes(0xf8, 0x88), bytes(0xc3));
let seed = 42;
const rnd = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
for (let i = 0; i < 150; i++) {
  const t = Buffer.from(texts[rnd(texts.length)]);
  if (t.length) t[rnd(t.length)] = rnd(3) ? 32 + rnd(95) : rnd(256);
  raw.push(t);
}
const parse = raw.map((t) => {
  try { return { in: b64(t), out: b64(JSON.stringify(JSON.parse(td.decode(t)))) }; } catch { return { in: b64(t), out: null }; }
});
const view = new DataView(new ArrayBuffer(8));
const floats = [0, -0, 1, -1, 0.1, 1e21, 1e20, 123456789012345680000, 1e-6, 1e-7, 1.5e-7, 1e100, 1e-100, 5e-324, Number.MAX_VALUE, 2 ** 53, 2 ** 53 + 2, 2 ** 63, 2 ** 64, 0.5, 100.25, 1 / 3, NaN, Infinity, -Infinity];
for (let i = 0; i < 200; i++) { view.setUint32(0, rnd(2147483648) * 2 + rnd(2)); view.setUint32(4, rnd(2147483648)); floats.push(view.getFloat64(0)); }
const numbers = floats.map((f) => { view.setFloat64(0, f); return { bits: view.getBigUint64(0).toString(16), string: String(f), json: JSON.stringify(f) }; });
const strings = ["", "a", "é", "漢字", "😀", "a😀b", "\ud800", "a\udc00b", "\ud83d\ud83d\ude00"].map((s) => ({ in: JSON.stringify(s), length: s.length, points: [...s].length, formed: b64(Buffer.from(s)) }));
const values = ['null', 'true', 'false', '0', '-0', '1.5', '""', '" "', '"a"', '"0"', '"12"', '" 12\\n"', '"0x1F"', '"0b101"', '"0o17"', '"0xg"', '"-0x1"', '"1e3"', '"1e999"', '"-Infinity"', '"+Infinity"', '"--1"', '"+-1"', '"+-Infinity"', '"Infinityx"', '"inf"', '"nan"', '"1_000"', '"0x1p3"', '".5"', '"5."', '"."', '"+"', '"1 2"', '"\\u00a07\\ufeff"', '[]', '[5]', '["7"]', '[1,2]', '[null]', '[null,[1,"a"],{}]', '{}', '{"a":1}', '[[]]', '[[3]]', '[true]']
  .map((t) => { const v = JSON.parse(t); return { in: t, string: String(v), number: String(Number(v)), truthy: Boolean(v), trim: typeof v === "string" ? v.trim() : "" }; });
const dates = ["2024-01-02", "2024-01", "2024", "2024-01-02T03:04", "2024-01-02T03:04Z", "2024-01-02T03:04:05", "2024-01-02T03:04:05Z", "2024-01-02T03:04:05.6Z", "2024-01-02T03:04:05.678Z", "2024-01-02T03:04:05.678999Z", "2024-01-02T03:04:05+02:00", "2024-01-02T03:04:05.5-05:30", "2024-01-02T24:00:00Z", "2024-01-02T24:00:01Z", "2024-01-02T25:00Z", "2024-13-01", "2024-00-01", "2024-02-29", "2023-02-29", "2024-02-30", "2024-02-32", "2024-04-31", "+012024-01-02T03:04:05Z", "-000001-01-02", "+275760-09-13T00:00:00.000Z", "+275760-09-13T00:00:00.001Z", "0001-01-01T00:00:00Z", "0000-01-01", "", " ", "x", "abc", "null", "undefined", "Tue, 02 Jan 2024 03:04:05 GMT", "Tue, 2 Jan 2024 03:04:05 GMT", "Tue, 02 Jan 2024 03:04:05 +0200", "Tue Jan 02 2024 03:04:05 GMT+0100 (Central European Standard Time)", "Tue Jan 02 2024 03:04:05 GMT+0000", "2024-01-02 03:04:05", "2024-01-02 03:04:05.678", "2024-01-02 03:04:05Z", "2024-01-02 03:04:05+02:00", "2024-01-02 03:04:05.123456+00", "2024-01-02 03:04", "2024/01/02", "1/2/2024", "Jan 2, 2024", "January 2, 2024 03:04:05", "2 Jan 2024", "1700000000000", "2024-01-02T03:04:05+0200", "2024-01-02T03:04:60Z", "2024-01-02T03:60Z", "2024-1-2", "2024-01-02T", "2024-01-02Tx", "2024-01-02T03", "20240102"]
  .map((s) => { const d = new Date(s); return { in: s, iso: Number.isNaN(d.getTime()) ? null : d.toISOString() }; });
const isos = [0, -1, 1700000000123, -62135596800000, -62167219200001, 253402300800000, 8.64e15, -8.64e15].map((ms) => ({ ms, iso: new Date(ms).toISOString() }));
const lowers = ["", "abc", "ABC.d_1", "É", "É", "ÀÉÎ", "İ", "İSTANBUL", "I", "ı", "Σ", "ΑΣ", "ΑΣ.", "ΑΣΑ", "ΑΣ Α", "ΣΑΣ", "Α'Σ", "ΑΣ'", "ΑΣ́", "aΣ", "Σa", "1Σ", "ὈΔΥΣΣΕΎΣ", "K", "Å", "ẞ", "Ǆ", "ǅ", "ᾈ", "ＡＢ", "Ⓐ", "Ⅷ", "𐐀", "😀", "Ა", "\ud800A", "A\udc00", "ΑΣ\ud800", "\ufffdA"].map((s) => ({ in: JSON.stringify(s), out: JSON.stringify(s.toLowerCase()) }));
// Every capital by itself. Newer versions of Unicode add some; this list is of Unicode 17.
const capitals = [];
for (let p = 0; p < 0x20000; p++) if (p < 0xd800 || p > 0xdfff) { const s = String.fromCodePoint(p); if (s.toLowerCase() !== s) capitals.push(s); }
const lowered = capitals.map((s) => s.toLowerCase());
console.log(JSON.stringify({ parse, numbers, strings, values, dates, isos, lowers, capitals: capitals.join(""), lowered: lowered.join("") }, null, 1));
