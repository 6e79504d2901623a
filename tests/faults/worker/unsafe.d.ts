/** workerd's own module for tests, with the flag `unsafe_module`; what the Vitest pool's `evictDurableObject` calls. */
declare module 'workerd:unsafe' {
  const unsafe: {
    evict(stub: DurableObjectStub, options: { webSockets: 'hibernate' | 'close' }): Promise<void>;
  };
  export default unsafe;
}
