/* The pictures of a table in the viewer: those of all its rows, in the order in which rows and columns are shown. */
(() => {
  'use strict';
  const { wordOf, valuesOf } = reportgen.grid;

  /** A picture as the viewer takes it. @param {any[]} thumb @param {any} column @param {string} caption */
  const imageOf = ([{ show, note, mode }, width, height, over], column, caption) => ({ show, width, height, caption, note, mode, ...column.overlays?.[over] });

  /**
   * All pictures of a table.
   * @param {any} grid The rows and columns in sight, and for each column the key, layers and tools of what lies over it.
   * @returns {any[]} For the viewer; each knows its `position` among the rows, its `column`, and its number in the cell.
   */
  const itemsOf = grid => {
    const items = [], columns = grid.columns().filter(column => column.media).map(column => [column, grid.overlay(column)]);
    grid.rows.forEach((row, position) => {
      for (const [column, over] of columns) {
        const shown = valuesOf(column, row).flatMap(value => (wordOf(value.column, value.row)?.thumbs ?? []).map(thumb => [thumb, value]));
        shown.forEach(([thumb, value], number) => items.push({
          image: imageOf(thumb, value.column, wordOf(value.column, value.row).text), over, bytes: thumb[0].bytes,
          label: `row ${row + 1}, ${column.name}${value.was ? ', before' : ''}`, position, column, number,
        }));
      }
    });
    items.forEach((item, i) => Object.assign(item, { at: i, of: items.length }));
    return items;
  };

  /**
   * Opens the viewer.
   * @param {any} grid @param {number} position Of the row among those that are shown. @param {any} column
   * @param {number} number Of the picture in its cell. @param {(item: any) => void} closed Told the picture that was looked at last.
   * @returns {boolean} Whether there is such a picture.
   */
  const look = (grid, position, column, number, closed) => {
    const items = itemsOf(grid), at = items.findIndex(item => item.position === position && item.column === column && item.number === number);
    if (at < 0 || items[at].image.show.lost) return false;
    reportgen.viewer.open({ entry: { key: grid.key, data: {} }, items, at, closed: last => closed(items[last]) });
    return true;
  };

  reportgen.grid.look = look;
})();
