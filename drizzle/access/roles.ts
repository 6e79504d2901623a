import type { ApiRole } from './people.ts';

/** Every role of the database, and whom it may become. What the platform brings is named, too. */
export const roles: Readonly<Record<string, readonly string[]>> = {
  anon: [],
  authenticated: [],
  service_role: [],
  chat_room: [],
  // The Data API's login: it owns nothing and becomes one of the three for each request.
  authenticator: ['anon', 'authenticated', 'service_role'],
  supabase_auth_admin: [],
};

/** Whoever runs the platform and the migrations: an operator's, never reached by a request. */
export const operators = ['postgres', 'supabase_admin'] as const;

/** Every schema that isn't Postgres' own: who may look into it. Nobody but its owner may make anything in one. */
export const schemas: Readonly<Record<string, readonly ApiRole[]>> = {
  public: ['anon', 'authenticated', 'service_role', 'chat_room'],
  /** Not exposed by the Data API. */
  private: ['authenticated', 'service_role', 'chat_room'],
  auth: ['anon', 'authenticated', 'service_role'],
  extensions: ['anon', 'authenticated', 'service_role'],
  supabase_migrations: [],
};

/** The schemas whose tables and functions the matrix speaks of, one by one. */
export const ours = ['public', 'private'] as const;

/** Sequences of ours: who may use one. There is none, and one that comes must be named here. */
export const sequences: Readonly<Record<string, readonly ApiRole[]>> = {};
