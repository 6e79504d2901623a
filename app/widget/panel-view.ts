/** Whether the panel is open on the page, and whether the person opened it just now. */
export interface PanelViewState {
  open: boolean;
  focused: boolean;
  /** In a host page, and not a page of its own. */
  framed: boolean;
  /** They are about to close it, and are told something first. */
  closing: boolean;
}

export interface PanelView {
  getSnapshot(): PanelViewState;
  subscribe(listener: () => void): () => void;
  set(change: Partial<PanelViewState>): void;
  minimise(): void;
  /** Whether the page asks here before its bubble closes the panel. A second press closes in any case. */
  hold(on: boolean): void;
  /** Calls back when the panel has been closed; returns how to stop. */
  onClosed(listener: () => void): () => void;
}

export interface PanelViewOptions {
  framed: boolean;
  minimise(): void;
  hold(on: boolean): void;
}

export function createPanelView({ framed, minimise, hold }: PanelViewOptions): PanelView {
  const listeners = new Set<() => void>();
  const closed = new Set<() => void>();
  let state: PanelViewState = { open: !framed, focused: !framed, framed, closing: false };
  let held = false;
  return {
    getSnapshot: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(change) {
      const closes = state.open && change.open === false;
      state = { ...state, ...change, ...(closes ? { closing: false } : {}) };
      for (const listener of listeners) listener();
      if (closes) for (const listener of [...closed]) listener();
    },
    minimise,
    hold(on) {
      if (on === held) return;
      held = on;
      hold(on);
    },
    onClosed(listener) {
      closed.add(listener);
      return () => closed.delete(listener);
    },
  };
}
