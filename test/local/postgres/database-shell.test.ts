import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { shellStatements } from '../../../local/postgres/database-shell.ts';
import { type LocalServer, startLocalServer } from '../../helpers/local-server.ts';
import { LocalWorkspace } from '../../helpers/local-workspace.ts';

const database = 'shop 本店';

let server: LocalServer;
let workspace: LocalWorkspace;

/** All that belongs to the database and that pg_dump leaves out, as the server itself lists it. */
async function shell(name = database) {
  const [row] = await server.query(
    'postgres',
    `SELECT pg_get_userbyid(datdba) AS owner, datconnlimit AS limit, shobj_description(oid, 'pg_database') AS comment,
            (SELECT array_agg(acl::text ORDER BY acl::text) FROM unnest(datacl) acl) AS grants,
            (SELECT json_agg(json_build_object('role', setrole::regrole::text, 'settings', ARRAY(SELECT unnest(setconfig) ORDER BY 1)) ORDER BY setrole::regrole::text)
               FROM pg_db_role_setting WHERE setdatabase = oid) AS settings
       FROM pg_database WHERE datname = '${name}'`,
  );
  return row;
}

beforeAll(async () => {
  server = await startLocalServer();
  await server.create(
    database,
    `CREATE TABLE a (id int);
     CREATE ROLE "the owner"; CREATE ROLE clerk LOGIN; CREATE ROLE "Guest ""x""" NOINHERIT CONNECTION LIMIT 3; GRANT clerk TO "Guest ""x""";
     CREATE ROLE "named by nothing"; GRANT "named by nothing" TO clerk;
     ALTER TABLE a OWNER TO "the owner"; GRANT SELECT ON a TO "Guest ""x""";
     ALTER DATABASE "${database}" OWNER TO "the owner";
     ALTER DATABASE "${database}" CONNECTION LIMIT 17;
     COMMENT ON DATABASE "${database}" IS 'the shop''s own 復元';
     REVOKE ALL ON DATABASE "${database}" FROM PUBLIC;
     GRANT CONNECT ON DATABASE "${database}" TO clerk WITH GRANT OPTION;
     GRANT TEMPORARY ON DATABASE "${database}" TO "Guest ""x""";
     ALTER DATABASE "${database}" SET search_path = "$user", public, "odd, name", "with ""quote""";
     ALTER DATABASE "${database}" SET temp_tablespaces = '';
     ALTER DATABASE "${database}" SET work_mem = '12MB';
     ALTER DATABASE "${database}" SET app.jwt_secret = 'a ''quoted'' = value';
     ALTER DATABASE "${database}" SET "app.Mixed" = 'x, y';
     ALTER ROLE clerk IN DATABASE "${database}" SET statement_timeout = '5s';
     ALTER ROLE clerk IN DATABASE "${database}" SET search_path = public`,
  );
  workspace = await LocalWorkspace.open(
    {
      sources: { shop: { kind: 'postgres', url: 'env:SHOP_URL' } },
      stores: { disk: { kind: 'generations', path: 'disk' } },
    },
    { SHOP_URL: server.url(database) },
  );
  expect(await workspace.run(['backup'])).toMatchObject({ status: 0, all: '\n' });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

describe('given a database with an owner, a limit, a comment, grants and settings of its own', () => {
  it('when it is lost and restored, then all of them are as they were', async () => {
    const before = await shell();
    expect(before).toMatchObject({ owner: 'the owner', limit: 17, comment: "the shop's own 復元" });
    expect(before.settings).toHaveLength(2);
    await server.query('postgres', `DROP DATABASE "${database}"`);
    const { status, json } = await workspace.run(['restore', 'shop', '--in-place', '--no-safety', '--yes', '--json']);
    expect(json).toMatchObject({ verdict: 'identical', inPlace: true });
    expect(status).toBe(0);
    expect(await shell()).toEqual(before);
  });

  it('when it is restored into a throwaway server, then the roles are made as they were, and it is identical', async () => {
    const { status, json } = await workspace.run(['verify', '--level', 'identical', '--json']);
    expect(json.findings.at(-1)).toMatchObject({ level: 'identical', verdict: 'proven' });
    expect(status).toBe(0);
  });

  it.each([
    ['a setting', `ALTER DATABASE "${database}" RESET work_mem`, /work_mem/],
    [
      'the value of a custom parameter',
      `ALTER DATABASE "${database}" SET app.jwt_secret = 'a later value'`,
      /app\.jwt_secret/,
    ],
    ['the order of a search path', `ALTER DATABASE "${database}" SET search_path = public, "$user"`, /search_path/],
    ['a grant', `REVOKE CONNECT ON DATABASE "${database}" FROM clerk`, /clerk/],
    ['the owner', `ALTER DATABASE "${database}" OWNER TO clerk`, /owner/],
    ['the comment', `COMMENT ON DATABASE "${database}" IS 'another'`, /comment/],
  ])('when %s changes, then a comparison names it', async (_what, statement, named) => {
    await server.query('postgres', statement);
    const { status, stdout } = await workspace.run(['compare', 'shop']);
    expect(stdout).toMatch(named);
    expect(stdout).not.toMatch(/a 'quoted' = value|a later value/);
    expect(status).toBe(4);
  });
});

describe('given a server without the roles that the database names', () => {
  it('when it is restored there, then it is refused before anything is made, and the statements that help are printed', async () => {
    await using other = await startLocalServer();
    const { status, stderr } = await workspace.run(['restore', 'shop', '--in-place', '--no-safety', '--yes'], {
      environment: { SHOP_URL: other.url(database) },
    });
    expect(stderr).toMatch(/^fukugen: the server lacks roles that the database names: Guest "x", clerk, the owner\n/);
    expect(status).toBe(5);
    expect(await other.names()).toEqual(['postgres']);

    // What is printed can be typed as it is.
    const statements = stderr.split('run the restore again:\n')[1] as string;
    await other.query('postgres', statements);
    expect((await other.query('postgres', `SELECT rolconnlimit FROM pg_roles WHERE rolname = 'Guest "x"'`))[0]).toEqual(
      { rolconnlimit: 3 },
    );
    expect(
      await workspace.run(['restore', 'shop', '--in-place', '--no-safety', '--yes'], {
        environment: { SHOP_URL: other.url(database) },
      }),
    ).toMatchObject({ status: 0 });
    expect(await other.names()).toEqual(['postgres', database]);
  });
});

describe('given a record that says nothing sensible', () => {
  it('when a grant in it has no known form, then that is a defect, not a guess', () => {
    const recorded = { database: { owner: 'o', connectionLimit: -1, comment: null, grants: ['nonsense'] } };
    expect(() => shellStatements(recorded as never, [], 'x')).toThrow('not a grant: nonsense');
  });
});
