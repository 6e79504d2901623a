/** A stylesheet's address in the build, for a route's `links`. */
declare module '*.css?url' {
  const href: string;
  export default href;
}
