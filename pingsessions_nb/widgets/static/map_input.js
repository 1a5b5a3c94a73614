/* Mouse, wheel and keys on the map's canvas, as calls of `actions`. */

const MAP_DRAG = 4;

export function mapInput(canvas, actions) {
  let press = null;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const adding = (event) => event.shiftKey || event.ctrlKey || event.metaKey;
  const keys = {
    ArrowLeft: () => actions.pan(80, 0),
    ArrowRight: () => actions.pan(-80, 0),
    ArrowUp: () => actions.pan(0, 80),
    ArrowDown: () => actions.pan(0, -80),
    "+": () => actions.zoom(1.5),
    "=": () => actions.zoom(1.5),
    "-": () => actions.zoom(1 / 1.5),
    0: () => actions.fit(),
    Home: () => actions.fit(),
    n: () => actions.focus(1),
    p: () => actions.focus(-1),
    Enter: (event) => actions.choose(adding(event)),
    " ": (event) => actions.choose(adding(event)),
    Escape: () => actions.clear(),
  };
  const listeners = {
    pointerdown(event) {
      if (event.button !== 0) return;
      const [x, y] = at(event);
      press = { x, y, lastX: x, lastY: y, moved: false };
      canvas.setPointerCapture(event.pointerId);
      canvas.focus({ preventScroll: true });
    },
    pointermove(event) {
      const [x, y] = at(event);
      if (!press) {
        actions.hover(x, y);
        return;
      }
      press.moved ||= Math.hypot(x - press.x, y - press.y) > MAP_DRAG;
      if (!press.moved) return;
      canvas.classList.add("ps-dragging");
      actions.pan(x - press.lastX, y - press.lastY);
      press.lastX = x;
      press.lastY = y;
    },
    pointerup(event) {
      const was = press;
      press = null;
      canvas.classList.remove("ps-dragging");
      if (was && !was.moved) actions.click(...at(event), adding(event));
    },
    pointercancel() {
      press = null;
      canvas.classList.remove("ps-dragging");
    },
    pointerleave() { if (!press) actions.leave(); },
    wheel(event) {
      const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 120 : 1;
      const turn = Math.max(-240, Math.min(240, event.deltaY * unit));
      // At the end of the way the page may scroll on.
      if (actions.zoom(Math.exp(-turn * 0.0022), ...at(event))) event.preventDefault();
    },
    dblclick(event) { actions.zoom(3, ...at(event)); },
    focus() { actions.redraw(); },
    blur() { actions.redraw(); },
  };
  const key = (event) => {
    const act = keys[event.key] ?? keys[event.key.toLowerCase()];
    if (event.target !== canvas || !act || event.altKey) return;
    act(event);
    event.preventDefault();
    // The notebook has shortcuts of its own on these keys. Notebook 7 takes them on their way down
    // to the canvas, so that only the window comes before it.
    event.stopPropagation();
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
