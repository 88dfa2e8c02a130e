import { grantsSql } from '../grants.ts';
import { notOfExtension, options, qualified, relationKind, userSchema } from './catalog.ts';

const wrappers = `
  select 'foreign data wrapper' as kind, quote_ident(w.fdwname) as name, null as of, pg_get_userbyid(w.fdwowner) as owner,
         ${grantsSql('w.fdwacl', `'F'`, 'w.fdwowner')} as grants,
         json_build_array(w.fdwhandler::regproc, w.fdwvalidator::regproc, ${options('w.fdwoptions')}) as facts, null::text[] as sql
    from pg_foreign_data_wrapper w
   where ${notOfExtension('pg_foreign_data_wrapper', 'w.oid')}`;

const servers = `
  select 'server' as kind, quote_ident(s.srvname) as name, null as of, pg_get_userbyid(s.srvowner) as owner,
         ${grantsSql('s.srvacl', `'S'`, 's.srvowner')} as grants,
         json_build_array(w.fdwname, s.srvtype, s.srvversion, ${options('s.srvoptions')}) as facts, null::text[] as sql
    from pg_foreign_server s
    join pg_foreign_data_wrapper w on w.oid = s.srvfdw
   where ${notOfExtension('pg_foreign_server', 's.oid')}`;

/** Their options are passwords more often than not, and shown to few roles. */
const userMappings = `
  select 'user mapping' as kind, case umuser when 0 then 'PUBLIC' else quote_ident(usename) end || ' on ' || quote_ident(srvname) as name,
         'server ' || quote_ident(srvname) as of, null as owner, null::text[] as grants, null::json as facts, null::text[] as sql
    from pg_user_mappings`;

const textSearch = `
  select 'text search configuration' as kind, ${qualified('n.nspname', 'c.cfgname')} as name, null as of,
         pg_get_userbyid(c.cfgowner) as owner, null::text[] as grants,
         json_build_array(
           (select prsname from pg_ts_parser p where p.oid = c.cfgparser),
           (select json_agg(json_build_array(m.maptokentype, m.mapseqno, m.mapdict::regdictionary) order by m.maptokentype, m.mapseqno)
              from pg_ts_config_map m where m.mapcfg = c.oid)) as facts,
         null::text[] as sql
    from pg_ts_config c join pg_namespace n on n.oid = c.cfgnamespace
   where ${userSchema('n.nspname')} and ${notOfExtension('pg_ts_config', 'c.oid')}
  union all
  select 'text search dictionary', ${qualified('n.nspname', 'd.dictname')}, null, pg_get_userbyid(d.dictowner), null,
         json_build_array((select tmplname from pg_ts_template t where t.oid = d.dicttemplate), d.dictinitoption), null
    from pg_ts_dict d join pg_namespace n on n.oid = d.dictnamespace
   where ${userSchema('n.nspname')} and ${notOfExtension('pg_ts_dict', 'd.oid')}
  union all
  select 'text search parser', ${qualified('n.nspname', 'p.prsname')}, null, null, null,
         json_build_array(p.prsstart, p.prstoken, p.prsend, p.prsheadline, p.prslextype), null
    from pg_ts_parser p join pg_namespace n on n.oid = p.prsnamespace
   where ${userSchema('n.nspname')} and ${notOfExtension('pg_ts_parser', 'p.oid')}
  union all
  select 'text search template', ${qualified('n.nspname', 't.tmplname')}, null, null, null,
         json_build_array(t.tmplinit, t.tmpllexize), null
    from pg_ts_template t join pg_namespace n on n.oid = t.tmplnamespace
   where ${userSchema('n.nspname')} and ${notOfExtension('pg_ts_template', 't.oid')}`;

/** An entry for one schema adds to nothing; one for all schemas stands for the built-in default. */
const defaultPrivileges = `
  select 'default privileges' as kind,
         'for role ' || quote_ident(pg_get_userbyid(d.defaclrole)) || coalesce(' in schema ' || quote_ident(n.nspname), '') || ' on '
           || case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types'
                                   when 'n' then 'schemas' when 'L' then 'large objects' else d.defaclobjtype::text end as name,
         null as of, null as owner,
         ${grantsSql('d.defaclacl', `case when d.defaclnamespace <> 0 then 'c'::"char" when d.defaclobjtype = 'S' then 's' else d.defaclobjtype end`, 'd.defaclrole')} as grants,
         null::json as facts, null::text[] as sql
    from pg_default_acl d
    left join pg_namespace n on n.oid = d.defaclnamespace`;

/** Rows and column lists of publications, and whole schemas in them, came with 15. */
const publications = (major: number) => `
  select 'publication' as kind, quote_ident(p.pubname) as name, null as of, pg_get_userbyid(p.pubowner) as owner,
         null::text[] as grants,
         json_build_array(p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate, p.pubviaroot,
                          ${
                            major >= 15
                              ? `(select json_agg(s.pnnspid::regnamespace order by s.pnnspid::regnamespace::text)
                              from pg_publication_namespace s where s.pnpubid = p.oid)`
                              : 'null'
                          }) as facts,
         (select array_agg(r.prrelid::regclass::text ${
           major >= 15
             ? `|| coalesce((select '(' || string_agg(quote_ident(a.attname), ', ' order by a.attname) || ')' from pg_attribute a
                              where a.attrelid = r.prrelid and a.attnum = any (r.prattrs)), '')
                || coalesce(' where ' || pg_get_expr(r.prqual, r.prrelid), '')`
             : ''
         } order by r.prrelid::regclass::text) from pg_publication_rel r where r.prpubid = p.oid) as sql
    from pg_publication p
   where ${notOfExtension('pg_publication', 'p.oid')}`;

/** Without the connection string, which holds a password, and without whether it runs: pg_restore leaves it switched off. */
const subscriptions = `
  select 'subscription' as kind, quote_ident(s.subname) as name, null as of, pg_get_userbyid(s.subowner) as owner,
         null::text[] as grants, to_json(s.subpublications) as facts, null::text[] as sql
    from pg_subscription s
    join pg_database d on d.oid = s.subdbid and d.datname = current_database()`;

/** What an extension says about itself is its own. 2200 is the schema public that initdb made. */
const described = (catalog: string, text: string, kind: string) => `
  select '${kind}' as kind, identity.type || ' ' || identity.identity || ${kind === 'comment' ? `''` : `' for ' || d.provider`} as name,
         case when c.oid is not null then ${relationKind('c')} || ' ' || ${qualified('n.nspname', 'c.relname')} end as of,
         null as owner, null::text[] as grants, to_json(d.${text}) as facts, null::text[] as sql
    from ${catalog} d
    left join pg_class c on d.classoid = 'pg_class'::regclass and c.oid = d.objoid
    left join pg_namespace n on n.oid = c.relnamespace
   cross join lateral pg_identify_object(d.classoid, d.objoid, d.objsubid) as identity
   where (d.objoid >= 16384 or (d.classoid = 'pg_namespace'::regclass and d.objoid = 2200))
     and d.classoid <> 'pg_extension'::regclass
     and not exists (select from pg_depend e where e.classid = d.classoid and e.objid = d.objoid and e.deptype = 'e')`;

export const otherQueries = (major: number) => [
  wrappers,
  servers,
  userMappings,
  textSearch,
  defaultPrivileges,
  publications(major),
  subscriptions,
  described('pg_description', 'description', 'comment'),
  described('pg_seclabel', 'label', 'security label'),
];
