/* Payloads: the bytes and numbers that scripts read. In a folder a payload is a script that calls `reportgen.put`, in a
   single file a block of text at the end of the body. Nothing is ever fetched: a page opened from disk may not.
   `reportgen/site/payload.py` is the writer. */
(() => {
  'use strict';
  const { manifest } = reportgen;

  /** Payloads on their way in: id to the functions that settle its promise. */
  const awaited = new Map();
  /** Packed bytes of a single file's blocks, whose text is gone from the page. */
  const unpacked = new Map();
  const loading = new Map();

  /** @param {string} text Base64. @returns {Uint8Array} */
  const fromBase64 = text => {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
    const binary = atob(text), bytes = new Uint8Array(binary.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
    return bytes;
  };

  /** Inserts a script and waits until it has run. */
  const insert = src => new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = src;
    script.onload = () => { script.remove(); resolve(undefined); };
    script.onerror = () => { script.remove(); reject(new Error(`${src} could not be loaded`)); };
    document.head.append(script);
  });

  /** The text block with that id, once the parser has passed its end. */
  const block = ref => new Promise((resolve, reject) => {
    const find = () => {
      const node = document.getElementById(ref.slice(1));
      const parsing = document.readyState === 'loading';
      if (node && (node.nextSibling || !parsing)) resolve(node);
      else if (!parsing) reject(new Error(`the block ${ref} is missing from this file`));
      else setTimeout(find, 40);
    };
    find();
  });

  /** Lets the browser fetch a payload that will be read soon, while it draws. @param {string} ref */
  const ahead = ref => {
    if (ref.startsWith('#') || loading.has(ref)) return;
    document.head.append(Object.assign(document.createElement('link'), { rel: 'preload', as: 'script', href: manifest.root + ref }));
  };

  const fromFile = async ref => {
    const id = ref.slice(ref.lastIndexOf('/') + 1, -3);
    const arrived = new Promise((resolve, reject) => awaited.set(id, { resolve, reject }));
    arrived.catch(() => {});
    try {
      await insert(manifest.root + ref);
      awaited.get(id)?.reject(new Error(`${ref} holds no data`));
      return await arrived;
    } finally {
      awaited.delete(id);
    }
  };

  const fromBlock = async ref => {
    const node = await block(ref);
    const bytes = fromBase64(node.textContent.trim());
    node.remove();
    unpacked.set(ref, bytes);
    return bytes;
  };

  /** The packed bytes behind a reference. @param {string} ref @returns {Promise<Uint8Array>} */
  const bytes = ref => {
    if (unpacked.has(ref)) return Promise.resolve(unpacked.get(ref));
    if (!loading.has(ref)) {
      const load = ref.startsWith('#') ? fromBlock(ref) : fromFile(ref);
      loading.set(ref, load.finally(() => loading.delete(ref)));
    }
    return loading.get(ref);
  };

  /** @param {Uint8Array} packed Gzip. @returns {Promise<ArrayBuffer>} */
  const gunzip = packed => {
    const { readable, writable } = new DecompressionStream('gzip'), writer = writable.getWriter();
    writer.write(packed).then(() => writer.close()).catch(() => {}); // what is wrong with them is told where they are read
    return new Response(readable).arrayBuffer();
  };

  const SIZES = { i8: 1, i16: 2, i32: 4, f32: 4, f64: 8 };
  const ARRAYS = { i8: Int8Array, i16: Int16Array, i32: Int32Array, f32: Float32Array, f64: Float64Array };

  /** Values whose bytes were stored plane by plane: all first bytes, then all second bytes, and so on. */
  const fromPlanes = (source, n, type) => {
    const size = SIZES[type], target = new Uint8Array(n * size);
    for (let plane = 0; plane < size; plane++) {
      for (let i = 0, from = plane * n, to = plane; i < n; i++, to += size) target[to] = source[from + i];
    }
    return new ARRAYS[type](target.buffer);
  };

  /** One column of a chunk as numbers. `body` is what follows the header. */
  const column = (entry, body) => {
    const { n, type, code, start = 0, step = 0, scale = 1 } = entry, values = new Float64Array(n);
    if (code === 'range') {
      for (let i = 0; i < n; i++) values[i] = start + step * i;
    } else if (code === 'delta') {
      const gaps = fromPlanes(body.subarray(entry.at), n - 1, type);
      let value = values[0] = start;
      for (let i = 1; i < n; i++) values[i] = value += gaps[i - 1];
    } else if (code === 'planes') {
      values.set(fromPlanes(body.subarray(entry.at), n, type));
    } else {
      throw new Error(`columns in the code “${code}” need a newer version of this page`);
    }
    // divided by a whole number where there is one: 0.001 itself is not exact
    if (scale !== 1) { const whole = Math.round(1 / scale); for (let i = 0; i < n; i++) values[i] /= whole; }
    return values;
  };

  /** The columns of a chunk. @param {string} ref @returns {Promise<Object<string, Float64Array>>} */
  const columns = async ref => {
    const plain = new Uint8Array(await gunzip(await bytes(ref)));
    const length = new DataView(plain.buffer).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(plain.subarray(4, 4 + length)));
    const body = plain.subarray(Math.ceil((4 + length) / 8) * 8);
    return Object.fromEntries(header.columns.map(entry => [entry.name, column(entry, body)]));
  };

  /** What a chunk of plain values holds: rows, texts, drawings. @param {string} ref @returns {Promise<any>} */
  const values = async ref => JSON.parse(new TextDecoder().decode(await gunzip(await bytes(ref))));

  const libraries = new Map();

  /** Loads a third-party script of the theme, once. @param {string} name As in `theme.yml`. */
  const library = name => {
    if (!libraries.has(name)) {
      const ref = manifest.libraries[name];
      if (!ref) return Promise.reject(new Error(`this page has no library “${name}”`));
      libraries.set(name, ref.startsWith('#') ? fromPackedBlock(ref) : insert(manifest.root + ref));
    }
    return libraries.get(name);
  };

  const fromPackedBlock = async ref => {
    const script = new Blob([await gunzip(await bytes(ref))], { type: 'text/javascript' });
    unpacked.delete(ref);
    const address = URL.createObjectURL(script);
    try { await insert(address); } finally { URL.revokeObjectURL(address); }
  };

  /** Called by payload scripts. @param {string} id @param {string} text Base64. */
  const put = (id, text) => awaited.get(id)?.resolve(fromBase64(text));

  Object.assign(reportgen, { put, bytes, ahead, gunzip, columns, values, library, block, fromBase64 });
})();
