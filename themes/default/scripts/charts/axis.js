/* Where values stand along an axis, and its ticks; `reportgen/panels/axis.py` follows the same rules. */
(() => {
  'use strict';
  const { tick, plain, power, exact, duration } = reportgen.format;

  const LARGEST = Number.MAX_VALUE, SMALLEST = 5e-324;

  /**
   * @typedef {{low: number, high: number, log: boolean, whole: boolean, place: (value: number) => number, value: (at: number) => number}} Axis
   *   From `low` to `high`; `whole` when it stands for whole numbers only; `place` gives 0 at `low` and 1 at `high`, NaN
   *   where there is no place; `value` is its inverse.
   * @typedef {{at: number, text: string}} Tick
   */

  /** @param {number} low @param {number} high Above `low`. @param {boolean} [log] @param {boolean} [whole] @returns {Axis} */
  const axis = (low, high, log = false, whole = false) => {
    const made = { low, high, log, whole };
    if (log) {
      const bottom = Math.log(low), extent = Math.log(high) - bottom;
      return { ...made, place: value => value > 0 ? (Math.log(value) - bottom) / extent : NaN, value: at => Math.exp(bottom + at * extent) };
    }
    // halved first: the difference of two huge values of opposite sign would overflow
    const bottom = low / 2, extent = high / 2 - bottom;
    if (extent < 1e-290) { // denormal differences lose their digits when divided: lift them first
      const lift = 2 ** 500, lifted = axis(low * lift, high * lift);
      return { ...made, place: value => lifted.place(value * lift), value: at => lifted.value(at) / lift };
    }
    return { ...made, place: value => (value / 2 - bottom) / extent, value: at => (bottom + at * extent) * 2 };
  };

  /** An axis for values between `low` and `high`, with a little room; one value stands in the middle of a small range. */
  const valueAxis = (low, high, log, whole) => {
    if (log) {
      const room = high > low ? Math.exp((Math.log(high) - Math.log(low)) * 0.04) : 2;
      return axis(Math.max(low / room, SMALLEST), Math.min(high * room, LARGEST), true, whole);
    }
    let room = (high / 2 - low / 2) * 0.08 || SMALLEST;
    if (high === low) room = whole || !low ? Math.max(Math.abs(low) * 0.1, 1) : Math.abs(low) * 0.1 || SMALLEST;
    return axis(Math.max(low - room, -LARGEST), Math.min(high + room, LARGEST), false, whole);
  };

  /** An axis that ends exactly at `low` and `high`; where both are the same, that value stands in its middle. */
  const tightAxis = (low, high, whole) => {
    const room = high > low ? 0 : Math.max(0.5, Math.abs(low) * 1e-9);
    return axis(low - room, high + room, false, whole);
  };

  const MULTIPLES = [1, 2, 2.5, 5, 10];

  /** Round values between `low` and `high`, about `count` of them. */
  const rounds = ({ low, high, whole }, count) => {
    const raw = Math.max((high / 2 - low / 2) / count * 2, 1e-322);
    const power = raw > 1e-300 ? 10 ** Math.floor(Math.log10(raw)) : raw;
    let step = power * (MULTIPLES.find(m => m * power >= raw * 0.999) ?? 10);
    if (whole && step < 5) step = Math.max(1, Math.floor(step));
    const values = [], digits = Math.max(0, 2 - Math.floor(Math.log10(step)));
    for (let i = Math.ceil(low / step - 1e-9); i <= Math.floor(high / step + 1e-9) && values.length < 3 * count; i++) {
      values.push(digits <= 100 ? Number((i * step).toFixed(digits)) : i * step); // 0.30000000000000004 is 0.3
    }
    return values;
  };

  /** 1, 2 and 5 of each decade while they are few, else whole decades, evenly spaced. */
  const decades = (low, high) => {
    const first = Math.floor(Math.log10(low)), last = Math.ceil(Math.log10(high)), fine = [], tens = [];
    for (let p = Math.max(first, -307); last - first <= 4 && p <= Math.min(last, 307); p++) fine.push(...[1, 2, 5].map(d => Number(`${d}e${p}`)));
    const inside = fine.filter(v => v >= low && v <= high);
    if (inside.length >= 2 && inside.length <= 5) return inside;
    const every = Math.max(1, Math.ceil((last - first) / 5));
    for (let p = Math.floor(first / every) * every; p <= last; p += every) if (p >= -323 && p <= 308) tens.push(Number(`1e${p}`));
    return tens;
  };

  /** Labels that differ, also where four digits would make neighbours look the same; on a linear axis, written alike. */
  const labels = (values, log) => {
    let texts = values.map(tick);
    if (!log && new Set(texts.filter((_, i) => values[i]).map(text => text.includes('e'))).size === 2) {
      texts = values.map(Math.max(...values.map(Math.abs)) < 1 ? plain : power);
    }
    return new Set(texts).size === texts.length ? texts : values.map(exact);
  };

  /** The values that are on the axis, and what they are called. */
  const onAxis = (range, values, write) => {
    const inside = values.map(value => ({ value, at: range.place(value) })).filter(({ at }) => at >= -1e-9 && at <= 1 + 1e-9);
    const texts = write ? inside.map(({ value }) => write(value)) : labels(inside.map(({ value }) => value), range.log);
    return inside.map(({ at }, i) => ({ at, text: texts[i] }));
  };

  /** Ticks of a value or step axis. @param {Axis} range @returns {Tick[]} */
  const numberTicks = (range, count = 4) => {
    const values = range.log ? decades(range.low, range.high).filter(v => !range.whole || v >= 1) : [];
    const few = values.filter(v => v >= range.low && v <= range.high).length < 2;
    return onAxis(range, few ? rounds(range, count) : values);
  };

  /** Characters that have room under a chart. */
  const WIDE = 44;

  /** The ticks of a horizontal axis that have room beside each other: every second one, and so on, of long labels. */
  const apart = ticks => {
    const longest = Math.max(0, ...ticks.map(({ text }) => text.length));
    const every = Math.max(1, Math.ceil(ticks.length / Math.max(1, Math.floor(WIDE / (longest + 2)))));
    return ticks.filter((_, i) => i % every === 0);
  };

  const SPANS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
  const spanFor = raw => SPANS.find(s => s >= raw) ?? Math.ceil(raw / 86400) * 86400;

  /** Ticks of an axis in seconds since a run began. */
  const durationTicks = range => {
    const span = range.high - range.low, step = spanFor(span / 4), values = [];
    if (span < 4) return numberTicks(range).map(({ at, text }) => ({ at, text: `${text}\u202fs` }));
    for (let i = Math.ceil(range.low / step); i * step <= range.high; i++) values.push(i * step);
    return onAxis(range, values, v => v < 60 ? `${v}\u202fs` : duration(v));
  };

  const HOUR = { hour: '2-digit', minute: '2-digit' };
  const SECOND = { ...HOUR, second: '2-digit' }, DATE = { day: 'numeric', month: 'short' };

  /** Ticks of an axis in seconds since 1970, in the reader's time zone. */
  const momentTicks = range => {
    const step = spanFor(Math.max(1, (range.high - range.low) / 4));
    const zone = new Date(range.low * 1000).getTimezoneOffset() * 60;
    const values = [];
    for (let i = Math.ceil((range.low - zone) / step); i * step + zone <= range.high; i++) values.push(i * step + zone);
    const form = new Intl.DateTimeFormat('en-GB', step >= 86400 ? DATE : step >= 60 ? HOUR : SECOND);
    return onAxis(range, values, seconds => form.format(seconds * 1000));
  };

  reportgen.axis = { valueAxis, tightAxis, exactAxis: axis, apart, numberTicks, durationTicks, momentTicks };
})();
