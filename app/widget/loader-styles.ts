/** The bubble and the frame, inside a shadow root: nothing of the host page's comes in, nothing gets out. */
export const styles = `
:host{all:initial;--g:#0b6e63;--gh:#07544b;--gt:#fff;--s:#fbf9f6;--r:#b3361f;--l:#2822181a}
@media (prefers-color-scheme:dark){:host{--g:#55c5b3;--gh:#86dccd;--gt:#05231e;--s:#141b1a;--r:#ff9c92;--l:#ffffff1f}}
button,iframe{position:fixed;z-index:2147483000;inset-inline-end:calc(20px + env(safe-area-inset-right,0px))}
button{bottom:calc(20px + env(safe-area-inset-bottom,0px));width:60px;height:60px;padding:0;border:0;border-radius:50%;
background:var(--g);color:var(--gt);cursor:pointer;display:grid;place-items:center;
box-shadow:0 2px 6px rgba(30,40,34,.16),0 10px 28px rgba(30,40,34,.22);transition:background-color .15s,transform .15s}
button:hover{background:var(--gh);transform:translateY(-1px)}
button:active{transform:scale(.96)}
button:focus-visible{outline:3px solid var(--g);outline-offset:3px}
button[hidden]{display:none}
svg{width:28px;height:28px;grid-area:1/1;transition:opacity .15s,transform .2s}
svg+svg,[aria-expanded=true] svg{opacity:0;transform:rotate(-40deg) scale(.7)}
[aria-expanded=true] svg+svg{opacity:1;transform:none}
b{position:absolute;top:-3px;inset-inline-end:-3px;min-width:22px;height:22px;padding:0 6px;box-sizing:border-box;
border-radius:11px;background:var(--r);color:var(--s);font:700 12px/22px system-ui,sans-serif;text-align:center;
box-shadow:0 0 0 2px var(--s)}
b:empty{display:none}
iframe{bottom:calc(94px + env(safe-area-inset-bottom,0px));width:400px;height:min(500px,calc(100dvh - 114px));
max-width:calc(100vw - 40px);border:0;border-radius:18px;background:var(--s);color-scheme:light dark;
box-shadow:0 0 0 1px var(--l),0 4px 12px rgba(30,34,28,.08),0 18px 50px rgba(30,34,28,.2);
transition:opacity .18s,transform .18s,visibility .18s;transform-origin:100% 100%}
iframe[data-open=false]{visibility:hidden;opacity:0;transform:translateY(10px) scale(.98);pointer-events:none}
@media (max-width:480px){
iframe{inset:0;top:var(--top,0px);width:100%;max-width:none;height:var(--height,100dvh);border-radius:0;box-shadow:none;
box-sizing:border-box;padding:env(safe-area-inset-top,0px) env(safe-area-inset-right,0px) env(safe-area-inset-bottom,0px) env(safe-area-inset-left,0px)}
button[aria-expanded=true]{display:none}}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
@media (forced-colors:active){button,iframe{border:1px solid}}
@media print{:host{display:none}}
`;
