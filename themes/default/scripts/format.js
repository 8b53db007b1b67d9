/* How numbers, times and dates are written; `reportgen/panels/numerals.py` follows the same rules. */
(() => {
  'use strict';

  const MINUS = '\u2212', NARROW = '\u202f';

  const exponent = size => {
    const [mantissa, power] = size.toExponential(3).split('e');
    return `${mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa}e${Number(power)}`;
  };

  /** A whole number with commas. The first of the browser's own formats on a page takes 10 to 40 ms to be made. */
  const grouped = size => String(Math.round(size)).replace(/\B(?=(?:\d{3})+$)/g, ',');

  /** A number with four significant digits: `0.02476`, `5,048`, `1.2e-4`, `−3`. @param {number} value */
  const number = value => {
    if (Number.isNaN(value)) return 'NaN';
    const sign = value < 0 ? MINUS : '', size = Math.abs(value);
    if (size === Infinity) return `${sign}∞`;
    if (size >= 1e15 || (size < 1e-3 && size > 0)) return sign + exponent(size);
    if (Number.isInteger(size) || size >= 1000) return sign + grouped(size);
    return sign + String(Number(size.toPrecision(4)));
  };

  let digits;

  /** A finite number with all digits that tell it from its neighbours: `1,000,000.25`. @param {number} value */
  const exact = value => {
    const size = Math.abs(value);
    digits ??= new Intl.NumberFormat('en', { maximumSignificantDigits: 17 });
    return (value < 0 ? MINUS : '') + (size && !(size >= 1e-3 && size < 1e15) ? size.toExponential().replace('+', '') : digits.format(size));
  };

  /** A number as narrow as an axis needs it: `1,000`, but `1e6` and `2.5e9`. @param {number} value */
  const tick = value => Math.abs(value) < 1e6 || !Number.isFinite(value) ? number(value) : (value < 0 ? MINUS : '') + exponent(Math.abs(value));

  /** A number below 1 with four significant digits, all of its zeros written: `0.0005`. @param {number} value */
  const plain = value => {
    if (!value) return '0';
    const size = Math.abs(value), decimals = 3 - Math.floor(Math.log10(size));
    return (value < 0 ? MINUS : '') + size.toFixed(Math.min(decimals, 100)).replace(/0+$/, '');
  };

  /** A number as a power of ten: `5e5`; 0 is 0. @param {number} value */
  const power = value => value ? (value < 0 ? MINUS : '') + exponent(Math.abs(value)) : '0';

  /** A count: `5,048`. */
  const count = n => grouped(n);

  /** A count and its noun: `1 point`, `3,000 points`. */
  const plural = (n, noun) => `${count(n)} ${noun}${n === 1 ? '' : 's'}`;

  const UNITS = [[86400, 'd', 3600, 'h'], [3600, 'h', 60, 'min'], [60, 'min', 1, 's']];

  /** A span of time in its two largest units: `4.2 s`, `3 min 12 s`, `2 h 5 min`. @param {number} seconds */
  const duration = seconds => {
    if (seconds < 0) return MINUS + duration(-seconds);
    if (!Number.isFinite(seconds)) return number(seconds);
    if (seconds < 59.95) return `${Number(seconds.toFixed(seconds < 10 ? 2 : 1))}${NARROW}s`;
    const whole = Math.round(seconds);
    for (const [size, unit, small, smallUnit] of UNITS) {
      if (whole < size) continue;
      const rest = Math.floor(whole % size / small);
      const large = `${count(Math.floor(whole / size))}${NARROW}${unit}`;
      return rest ? `${large} ${rest}${NARROW}${smallUnit}` : large;
    }
    return `${whole}${NARROW}s`;
  };

  let clock;

  /** A moment in the reader's time zone: `21 Nov 2026, 09:11:04`. @param {number} seconds Since 1970. */
  const moment = seconds => {
    if (!Number.isFinite(seconds) || Math.abs(seconds) >= 8e12) return number(seconds);
    clock ??= new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' });
    return clock.format(seconds * 1000);
  };

  reportgen.format = { number, tick, plain, power, exact, count, plural, duration, moment };
})();
