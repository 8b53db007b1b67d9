/* Where values stand along an axis, and its ticks; `reportgen/panels/axis.py` follows the same rules. */
(() => {
  'use strict';
  const { number, tick } = reportgen.format;

  const LARGEST = 1.7e308, SMALLEST = 5e-324;

  /**
   * @typedef {{low: number, high: number, log: boolean, place: (value: number) => number, value: (at: number) => number}} Axis
   *   From `low` to `high`; `place` gives 0 at `low` and 1 at `high`, NaN where there is no place; `value` is its inverse.
   * @typedef {{at: number, text: string}} Tick
   */

  /** @param {number} low @param {number} high Above `low`. @param {boolean} [log] @returns {Axis} */
  const axis = (low, high, log = false) => {
    if (log) {
      const bottom = Math.log(low), extent = Math.log(high) - bottom;
      return {
        low, high, log,
        place: value => value > 0 ? (Math.log(value) - bottom) / extent : NaN,
        value: at => Math.exp(bottom + at * extent),
      };
    }
    // halved first: the difference of two huge values of opposite sign would overflow
    const bottom = low / 2, extent = high / 2 - bottom;
    if (extent < 1e-290) { // denormal differences lose their digits when divided: lift them first
      const lift = 2 ** 500, lifted = axis(low * lift, high * lift);
      return { low, high, log, place: value => lifted.place(value * lift), value: at => lifted.value(at) / lift };
    }
    return { low, high, log, place: value => (value / 2 - bottom) / extent, value: at => (bottom + at * extent) * 2 };
  };

  /** An axis for values between `low` and `high`, with a little room; never of no extent. */
  const valueAxis = (low, high, log) => {
    if (!(low <= high)) return axis(log ? 0.1 : 0, log ? 10 : 1, log);
    if (log) {
      const room = high > low ? Math.exp((Math.log(high) - Math.log(low)) * 0.04) : 2;
      return axis(Math.max(low / room, SMALLEST), Math.min(high * room, LARGEST), true);
    }
    const room = high === low ? Math.abs(low) * 0.1 || 1 : (high / 2 - low / 2) * 0.08 || SMALLEST;
    return axis(Math.max(low - room, -LARGEST), Math.min(high + room, LARGEST));
  };

  /** An axis that ends exactly at `low` and `high`. */
  const tightAxis = (low, high) => {
    if (!(low <= high)) return axis(0, 1);
    if (high > low) return axis(low, high);
    const room = Math.max(0.5, Math.abs(low) * 1e-9);
    return axis(low - room, low + room);
  };

  const onAxis = (range, values, write) => values
    .map(value => ({ at: range.place(value), text: write(value) }))
    .filter(tick => tick.at >= -1e-9 && tick.at <= 1 + 1e-9);

  const MULTIPLES = [1, 2, 2.5, 5, 10];

  /** Round values between `low` and `high`, about `count` of them. */
  const rounds = (low, high, count) => {
    const raw = Math.max((high / 2 - low / 2) / count * 2, 1e-322);
    const power = raw > 1e-300 ? 10 ** Math.floor(Math.log10(raw)) : raw;
    const step = power * (MULTIPLES.find(m => m * power >= raw * 0.999) ?? 10);
    const values = [];
    for (let i = Math.ceil(low / step - 1e-9); i <= Math.floor(high / step + 1e-9) && values.length < 3 * count; i++) {
      const value = i * step, digits = Math.max(0, 2 - Math.floor(Math.log10(step)));
      values.push(digits <= 100 ? Number(value.toFixed(digits)) : value); // 0.30000000000000004 is 0.3
    }
    return values;
  };

  /** 1, 2 and 5 of each decade while they are few, else whole decades, evenly spaced. */
  const decades = (low, high) => {
    const first = Math.floor(Math.log10(low)), last = Math.ceil(Math.log10(high)), fine = [], whole = [];
    for (let p = Math.max(first, -307); last - first <= 4 && p <= Math.min(last, 307); p++) fine.push(...[1, 2, 5].map(d => Number(`${d}e${p}`)));
    const inside = fine.filter(v => v >= low && v <= high);
    if (inside.length >= 2 && inside.length <= 5) return inside;
    const every = Math.max(1, Math.ceil((last - first) / 5));
    for (let p = Math.floor(first / every) * every; p <= last; p += every) if (p >= -323 && p <= 308) whole.push(Number(`1e${p}`));
    return whole;
  };

  /** Labels that differ where four digits would make neighbours look the same: `1,000,000.25`. */
  const distinct = values => {
    const short = values.map(tick);
    if (new Set(short).size === short.length) return short;
    const long = values.map(value => String(value).replace('-', '\u2212'));
    return new Set(long).size === long.length ? long : short;
  };

  /** Ticks of a value or step axis. @param {Axis} range @returns {Tick[]} */
  const numberTicks = (range, count = 4) => {
    let values = range.log ? decades(range.low, range.high) : rounds(range.low, range.high, count);
    if (range.log && values.filter(v => v >= range.low && v <= range.high).length < 2) values = rounds(range.low, range.high, count);
    const inside = values.filter(v => { const at = range.place(v); return at >= -1e-9 && at <= 1 + 1e-9; });
    const texts = distinct(inside);
    return inside.map((value, i) => ({ at: range.place(value), text: texts[i] }));
  };

  const SPANS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
  const spanFor = raw => SPANS.find(s => s >= raw) ?? Math.ceil(raw / 86400) * 86400;

  /** Ticks of an axis in seconds since a run began. */
  const durationTicks = range => {
    const span = range.high - range.low;
    const step = span < 4 ? 0 : spanFor(span / 4);
    const values = step ? [] : rounds(range.low, range.high, 4);
    for (let i = Math.ceil(range.low / step); step && i * step <= range.high; i++) values.push(i * step);
    return onAxis(range, values, v => v < 60 ? `${number(v)}\u202fs` : reportgen.format.duration(v));
  };

  const hour = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
  const second = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

  /** Ticks of an axis in seconds since 1970, in the reader's time zone. */
  const momentTicks = range => {
    const step = spanFor(Math.max(1, (range.high - range.low) / 4));
    const zone = new Date(range.low * 1000).getTimezoneOffset() * 60;
    const values = [];
    for (let i = Math.ceil((range.low - zone) / step); i * step + zone <= range.high; i++) values.push(i * step + zone);
    const form = step >= 86400 ? date : step >= 60 ? hour : second;
    return onAxis(range, values, seconds => form.format(seconds * 1000));
  };

  reportgen.axis = { valueAxis, tightAxis, exactAxis: axis, numberTicks, durationTicks, momentTicks };
})();
