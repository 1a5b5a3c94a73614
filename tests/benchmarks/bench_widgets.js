/* What a person waits for, measured in JupyterLab's page: until the second frame after a change. */
(() => {
  const frame = () => new Promise(requestAnimationFrame);
  const shown = async () => { await frame(); await frame(); };
  const panel = () => window.jupyterapp.shell.currentWidget;
  const plots = () => [...panel().node.querySelectorAll(".js-plotly-plot")];
  const since = async (start, until) => {
    while (!until()) await frame();
    await shown();
    return performance.now() - start;
  };
  let cleared = 0; // when a canvas was last wiped, which is how Bokeh begins to draw
  const { clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function wiped(...box) {
    cleared = performance.now();
    return clearRect.apply(this, box);
  };
  /* What of a live timeline comes from the kernel. */
  const drawn = (plot) => JSON.stringify(plot.data.filter(({ visible }) => visible !== false).map(
    ({ meta, x0, dx, y0, base, customdata }) => [meta, x0, dx, y0, base?.[0], base?.length, customdata?.[0]]));
  const places = (plot) => JSON.stringify(plot.data.map(({ lat, hovertext, customdata }) => [lat, hovertext, customdata]));
  const ranged = (axis, factor) => {
    const [from, to] = axis.range.map((value) => axis.r2l(value));
    const middle = from + 0.6 * (to - from);
    return [from, to].map((value) => axis.l2r(middle + (value - middle) * factor));
  };

  window.bench = {
    /* Runs a cell and waits for its picture, the `count`th of the notebook. */
    async cell(index, count, kind) {
      panel().content.activeCellIndex = index;
      const start = performance.now();
      window.jupyterapp.commands.execute("notebook:run-cell");
      return since(start, {
        ours: () => plots()[count - 1]?.dataset.drawn,
        plotly: () => plots()[count - 1]?.calcdata,
        bokeh: () => (count === 1 ? window.Bokeh : window.Bokeh.documents[0]?.is_idle),
      }[kind]);
    },
    /* One step of the wheel over a live timeline: the first frame, and the one with what the kernel
       drew for it, or null where nothing was asked. */
    async wheel(delta, patience) {
      const plot = plots().at(-1);
      const target = plot.querySelector(".nsewdrag");
      const box = target.getBoundingClientRect();
      const before = drawn(plot);
      const start = performance.now();
      target.dispatchEvent(new WheelEvent("wheel", {
        deltaY: delta, cancelable: true, bubbles: true,
        clientX: box.x + 0.6 * box.width, clientY: box.y + 0.5 * box.height,
      }));
      await shown();
      const first = performance.now() - start;
      while (drawn(plot) === before && performance.now() - start < patience) await frame();
      const asked = drawn(plot) !== before;
      await frame();
      return [first, asked ? performance.now() - start : null];
    },
    async relayout(factor) {
      const plot = plots().at(-1);
      const start = performance.now();
      await window.Plotly.relayout(plot, { "xaxis.range": ranged(plot._fullLayout.xaxis, factor) });
      await shown();
      return performance.now() - start;
    },
    async bokeh(factor) {
      const root = window.Bokeh.documents.at(-1).roots()[0];
      const range = (root.x_range ? root : root.children[0]).x_range;
      const middle = range.start + 0.6 * (range.end - range.start);
      const start = performance.now();
      range.setv({ start: middle + (range.start - middle) * factor, end: middle + (range.end - middle) * factor });
      return since(start, () => cleared >= start);
    },
    /* A step of a live picture's own keys or buttons. */
    async act(...detail) {
      const start = performance.now();
      plots().at(-1).dispatchEvent(new CustomEvent("ps-act", { detail }));
      await shown();
      return performance.now() - start;
    },
    /* From Enter in the picker until timeline and map show somebody else. */
    choice() {
      const [timeline, map] = [".ps-timeline", ".ps-map"].map((part) => panel().node.querySelector(`${part} .ps-figure`));
      const before = [drawn(timeline), places(map)];
      window.chosen = new Promise((done) => {
        document.addEventListener("keydown", ({ key }) => {
          if (key !== "Enter") return;
          const start = performance.now();
          done(since(start, () => drawn(timeline) !== before[0] && places(map) !== before[1]));
        }, { capture: true, once: true });
      });
    },
  };
})();
