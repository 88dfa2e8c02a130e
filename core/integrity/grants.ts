/** Roles are quoted as `named` quotes them, once `unquoted` has been over the text. */
const grantee = `case grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(grantee)) end`;

/**
 * SQL for `SchemaObject.grants`: what an access list adds to and takes from what owner and PUBLIC have without it.
 * Who granted is left out: a restore grants as the owner.
 *
 * @param acl the aclitem[] column; NULL means the default and gives NULL
 * @param kind an SQL expression for what acldefault takes: https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-ACLITEM-FN-TABLE
 */
export function grantsSql(acl: string, kind: string, owner: string): string {
  const exploded = (list: string) => `
    select grantee, privilege_type, is_grantable from aclexplode(${list})`;
  const described = (sign: '+' | '-', query: string) => `
    select '${sign}' || ${grantee} || ' ' || privilege_type
           || case when is_grantable then ' WITH GRANT OPTION' else '' end as text from (${query}) as item`;
  const standard = `acldefault(${kind}, ${owner})`;
  return `(select array_agg(text order by text collate "C") from (
    ${described('+', `${exploded(acl)} except ${exploded(standard)}`)}
    union all
    ${described('-', `${exploded(standard)} except ${exploded(acl)}`)}
  ) as change where ${acl} is not null)`;
}
