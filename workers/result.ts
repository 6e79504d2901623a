/**
 * What every call across RPC returns. Nothing throws across RPC: a throw is logged by the runtime with its
 * message, and that may carry what somebody wrote.
 */
export type Result<Value, Code extends string> = ({ ok: true } & Value) | { ok: false; code: Code };
