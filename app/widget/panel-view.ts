/** Whether the panel is open on the page, and whether the person opened it just now. */
export interface PanelViewState {
  open: boolean;
  focused: boolean;
  /** In a host page, and not a page of its own. */
  framed: boolean;
}

export interface PanelView {
  getSnapshot(): PanelViewState;
  subscribe(listener: () => void): () => void;
  set(change: Partial<PanelViewState>): void;
  minimise(): void;
}

export function createPanelView(framed: boolean, minimise: () => void): PanelView {
  const listeners = new Set<() => void>();
  let state: PanelViewState = { open: !framed, focused: !framed, framed };
  return {
    getSnapshot: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(change) {
      state = { ...state, ...change };
      for (const listener of listeners) listener();
    },
    minimise,
  };
}
