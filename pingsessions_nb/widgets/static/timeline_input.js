/* Mouse, wheel and keys on the timeline's canvas, as calls of `actions`. */

const DRAG = 4;

export function timelineInput(canvas, getView, actions) {
  let press = null;

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  const down = (event) => {
    if (event.button !== 0) return;
    const [x, y] = at(event);
    press = { x, y, lastX: x, lastY: y, moved: false, ranging: event.shiftKey };
    canvas.setPointerCapture(event.pointerId);
    canvas.focus({ preventScroll: true });
  };

  const move = (event) => {
    const [x, y] = at(event);
    if (!press) {
      actions.hover(x, y);
      return;
    }
    press.moved ||= Math.hypot(x - press.x, y - press.y) > DRAG;
    if (!press.moved) return;
    canvas.classList.add(press.ranging ? "ps-ranging" : "ps-dragging");
    if (press.ranging) actions.range(press.x, x, false);
    else actions.pan(x - press.lastX, y - press.lastY);
    press.lastX = x;
    press.lastY = y;
  };

  const up = (event) => {
    if (!press) return;
    const [x, y] = at(event);
    const { moved, ranging } = press;
    const from = press.x;
    press = null;
    canvas.classList.remove("ps-dragging", "ps-ranging");
    if (moved && ranging) actions.range(from, x, true);
    else if (!moved) actions.click(x, y, event.shiftKey || event.ctrlKey || event.metaKey);
  };

  const cancel = () => {
    press = null;
    canvas.classList.remove("ps-dragging", "ps-ranging");
  };

  const wheel = (event) => {
    const [x, y] = at(event);
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 120 : 1;
    const dx = event.deltaX * unit;
    const dy = event.deltaY * unit;
    let moved;
    if (x < getView().left || event.shiftKey) moved = actions.pan(0, -(dy || dx));
    else if (Math.abs(dx) > Math.abs(dy)) moved = actions.pan(-dx, 0);
    else {
      const factor = Math.exp(Math.max(-240, Math.min(240, dy)) * 0.0022);
      moved = actions.zoom(factor, x, y, event.altKey);
    }
    // At the end of the way the page may scroll on.
    if (moved) event.preventDefault();
  };

  const keys = {
    ArrowLeft: () => actions.pan(80, 0),
    ArrowRight: () => actions.pan(-80, 0),
    ArrowUp: () => actions.focus(-1),
    ArrowDown: () => actions.focus(1),
    PageUp: () => actions.pan(0, getView().plotHeight * 0.9),
    PageDown: () => actions.pan(0, -getView().plotHeight * 0.9),
    "+": () => actions.zoom(1 / 1.5),
    "=": () => actions.zoom(1 / 1.5),
    "-": () => actions.zoom(1.5),
    0: () => actions.fit(),
    Home: () => actions.fit(),
    Enter: (event) => actions.choose(event.shiftKey || event.ctrlKey || event.metaKey),
    " ": (event) => actions.choose(event.shiftKey || event.ctrlKey || event.metaKey),
    Escape: () => actions.clear(),
  };

  const key = (event) => {
    const act = keys[event.key];
    if (event.target !== canvas || !act || event.altKey) return;
    act(event);
    event.preventDefault();
    // The notebook has shortcuts of its own on these keys. Notebook 7 takes them on their way down
    // to the canvas, so that only the window comes before it.
    event.stopPropagation();
  };

  const listeners = {
    pointerdown: down, pointermove: move, pointerup: up, pointercancel: cancel,
    pointerleave: () => { if (!press) actions.leave(); }, wheel,
    dblclick: (event) => actions.zoom(1 / 3, ...at(event)),
    focus: () => actions.redraw(), blur: () => actions.redraw(),
  };
  for (const [name, listener] of Object.entries(listeners)) {
    canvas.addEventListener(name, listener, { passive: false });
  }
  window.addEventListener("keydown", key, true);
  return () => {
    window.removeEventListener("keydown", key, true);
    for (const [name, listener] of Object.entries(listeners)) canvas.removeEventListener(name, listener);
  };
}
