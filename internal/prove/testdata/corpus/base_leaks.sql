-- Reads over schema base.sql that reach past the tenant.

-- name: AllProducts
-- unsafe: no predicate at all
SELECT * FROM product;
-- name: ProductById
-- unsafe: an id names any tenant's row
SELECT * FROM product WHERE id = @id;
-- name: OtherParameter
-- unsafe: a hostile parameter
SELECT * FROM product WHERE organization_id = @other_org;
-- name: OtherSigil
-- unsafe: @ and : make two parameters
SELECT * FROM product WHERE organization_id = :organization_id;
-- name: LiteralTenant
-- unsafe: a constant is somebody's tenant
SELECT * FROM product WHERE organization_id = 'org_b';
-- name: OrPrecedence
-- unsafe: AND binds tighter than OR
SELECT * FROM product WHERE organization_id = @organization_id AND name = @name OR sku = @sku;
-- name: OrUnscoped
-- unsafe: the second branch is not scoped
SELECT * FROM product WHERE organization_id = @organization_id OR created_by = @user_id;
-- name: NotEqual
-- unsafe: everyone else's rows
SELECT * FROM product WHERE organization_id <> @organization_id;
-- name: NotAnd
-- unsafe: NOT (a AND b) is true where b is false
SELECT * FROM product WHERE NOT (organization_id <> @organization_id AND price > 0);
-- name: IsNot
-- unsafe: IS NOT is inequality
SELECT * FROM product WHERE organization_id IS NOT @organization_id;
-- name: GreaterOrEqual
-- unsafe: a range of tenants
SELECT * FROM product WHERE organization_id >= @organization_id;
-- name: BetweenTenant
-- unsafe: the upper bound is hostile
SELECT * FROM product WHERE organization_id BETWEEN @organization_id AND @z;
-- name: LikeTenant
-- unsafe: LIKE folds case and has wildcards
SELECT * FROM product WHERE organization_id LIKE @organization_id;
-- name: GlobTenant
-- unsafe: GLOB has wildcards
SELECT * FROM product WHERE organization_id GLOB @organization_id;
-- name: NocaseTenant
-- unsafe: NOCASE takes different tenants for one
SELECT * FROM product WHERE organization_id = @organization_id COLLATE NOCASE;
-- name: LowerTenant
-- unsafe: lower() takes different tenants for one
SELECT * FROM product WHERE lower(organization_id) = lower(@organization_id);
-- name: PrefixTenant
-- unsafe: a prefix is shared
SELECT * FROM product WHERE substr(organization_id, 1, 3) = substr(@organization_id, 1, 3);
-- name: OptionalTenantCoalesce
-- unsafe: an optional filter is no filter
SELECT * FROM product WHERE organization_id = coalesce(@organization_id, organization_id);
-- name: OptionalTenantOr
-- unsafe: an optional filter is no filter
SELECT * FROM product WHERE (@organization_id IS NULL OR organization_id = @organization_id);
-- name: OptionalOther
-- unsafe: the hostile parameter may be NULL
SELECT * FROM product WHERE organization_id = coalesce(@filter, organization_id);
-- name: InTwo
-- unsafe: the second tenant is hostile
SELECT * FROM product WHERE organization_id IN (@organization_id, @second);
-- name: InAll
-- unsafe: every organization
SELECT * FROM product WHERE organization_id IN (SELECT id FROM organization);
-- name: InHostileSlug
-- unsafe: any organization by slug
SELECT * FROM product WHERE organization_id = (SELECT id FROM organization WHERE slug = @slug);
-- name: UncorrelatedExists
-- unsafe: EXISTS is true for all products
SELECT * FROM product WHERE EXISTS (SELECT 1 FROM organization WHERE id = @organization_id);
-- name: CaseFilter
-- unsafe: the ELSE lets all through
SELECT * FROM product WHERE CASE WHEN price > 0 THEN organization_id = @organization_id ELSE 1 END;
-- name: CategoryPlainKey
-- unsafe: a plain key may name another tenant's category
SELECT p.name, c.name FROM product p LEFT JOIN category c ON c.id = p.category_id WHERE p.organization_id = @organization_id;
-- name: CategoryPlainKeyInner
-- unsafe: a plain key may name another tenant's category
SELECT p.name, c.name FROM product p JOIN category c ON c.id = p.category_id WHERE p.organization_id = @organization_id;
-- name: ProductsOfScopedCategory
-- unsafe: another tenant's product may name our category
SELECT p.* FROM category c JOIN product p ON p.category_id = c.id WHERE c.organization_id = @organization_id;
-- name: InvitationTeamPlain
-- unsafe: a plain key may name another tenant's team
SELECT i.email, t.name FROM invitation i LEFT JOIN team t ON t.id = i.team_id WHERE i.organization_id = @organization_id;
-- name: LeftJoinWrongSide
-- unsafe: the tenant predicate in ON does not filter the left side
SELECT p.name, c.name FROM product p LEFT JOIN category c ON c.id = p.category_id AND c.organization_id = @organization_id AND p.organization_id = @organization_id;
-- name: LeftJoinOnLeft
-- unsafe: ON filters nothing of the left side
SELECT p.name, o.name FROM product p LEFT JOIN organization o ON o.id = p.organization_id AND p.organization_id = @organization_id;
-- name: LeftJoinIsTenantOnNull
-- unsafe: the anti-join depends on all members
SELECT u.name FROM user u LEFT JOIN member m ON m.user_id = u.id AND m.organization_id = @organization_id WHERE m.id IS NULL;
-- name: AntiJoinUnscoped
-- unsafe: another tenant's product decides
SELECT c.id FROM category c LEFT JOIN product p ON p.category_id = c.id WHERE c.organization_id = @organization_id AND p.id IS NULL;
-- name: NotExistsUnscoped
-- unsafe: another tenant's product decides
SELECT c.* FROM category c WHERE c.organization_id = @organization_id AND NOT EXISTS (SELECT 1 FROM product p WHERE p.category_id = c.id);
-- name: NotInUnscoped
-- unsafe: all creators of all tenants
SELECT user_id FROM member WHERE organization_id = @organization_id AND user_id NOT IN (SELECT created_by FROM product);
-- name: RightJoinUnscoped
-- unsafe: the right side keeps all its rows
SELECT m.role, u.name FROM member m RIGHT JOIN user u ON u.id = m.user_id AND m.organization_id = @organization_id;
-- name: FullJoinUnscoped
-- unsafe: both sides keep all their rows
SELECT a.name, b.name FROM team a FULL JOIN category b ON a.organization_id = @organization_id AND b.organization_id = @organization_id;
-- name: FullJoinCoalesce
-- unsafe: rows without a partner are not filtered out early enough
SELECT a.name, b.name FROM team a FULL JOIN category b ON a.name = b.name WHERE coalesce(a.organization_id, b.organization_id) = @organization_id;
-- name: TeamMembersUnscoped
-- unsafe: owned by path, and the path is not followed
SELECT * FROM team_member WHERE team_id = @team_id;
-- name: TeamMembersOfUser
-- unsafe: a hostile user in any tenant
SELECT * FROM team_member WHERE user_id = @someone;
-- name: TeamJoinOnOtherColumn
-- unsafe: joined by the user, not by the team
SELECT tm.* FROM team_member tm JOIN member m ON m.user_id = tm.user_id WHERE m.organization_id = @organization_id;
-- name: ProductsOfMembers
-- unsafe: a member may have products in other organizations
SELECT p.* FROM product p JOIN member m ON m.user_id = p.created_by WHERE m.organization_id = @organization_id;
-- name: AllUsers
-- unsafe: users of other tenants
SELECT id, name FROM user;
-- name: UserById
-- unsafe: a hostile id
SELECT * FROM user WHERE id = @some_user;
-- name: UserByEmail
-- unsafe: tells whether anybody has that address
SELECT id FROM user WHERE email = @email;
-- name: UserOfInvitationByEmail
-- unsafe: an address does not name a user by key
SELECT u.id, u.name FROM invitation i JOIN user u ON u.email = i.email WHERE i.organization_id = @organization_id;
-- name: UsersOfAllMembers
-- unsafe: members of all organizations
SELECT u.name FROM user u JOIN member m ON m.user_id = u.id;
-- name: OtherMembershipsOfMembers
-- unsafe: which other organizations the members have
SELECT other.organization_id FROM member m JOIN member other ON other.user_id = m.user_id WHERE m.organization_id = @organization_id;
-- name: CountOtherMemberships
-- unsafe: counts memberships elsewhere
SELECT m.user_id, (SELECT count(*) FROM member x WHERE x.user_id = m.user_id) FROM member m WHERE m.organization_id = @organization_id;
-- name: Sessions
-- unsafe: private
SELECT s.* FROM session s JOIN member m ON m.user_id = s.user_id WHERE m.organization_id = @organization_id;
-- name: SessionsByTenant
-- unsafe: private
SELECT id FROM session WHERE active_organization_id = @organization_id;
-- name: Passwords
-- unsafe: private
SELECT password FROM identity WHERE user_id = @user_id;
-- name: MySessions
-- unsafe: private, for the acting user too
SELECT id FROM session WHERE user_id = @user_id;
-- name: Verifications
-- unsafe: private
SELECT value FROM verification WHERE identifier = @email;
-- name: PreferencesOfAll
-- unsafe: every user's
SELECT theme, count(*) FROM preference GROUP BY theme;
-- name: Organizations
-- unsafe: all tenants
SELECT id, name FROM organization;
-- name: OrganizationBySlug
-- unsafe: any tenant
SELECT * FROM organization WHERE slug = @slug;
-- name: CountAll
-- unsafe: counts all tenants
SELECT count(*) FROM product;
-- name: ScalarUnscoped
-- unsafe: the average is over all tenants
SELECT id FROM product WHERE organization_id = @organization_id AND price > (SELECT avg(price) FROM product);
-- name: SelectSubqueryUnscoped
-- unsafe: the count is over all tenants
SELECT name, (SELECT count(*) FROM product) AS total FROM team WHERE organization_id = @organization_id;
-- name: OrderBySubqueryUnscoped
-- unsafe: the order depends on all tenants
SELECT id FROM team WHERE organization_id = @organization_id ORDER BY (SELECT count(*) FROM product WHERE product.name = team.name);
-- name: LimitSubqueryUnscoped
-- unsafe: the limit depends on all tenants
SELECT id FROM team WHERE organization_id = @organization_id LIMIT (SELECT count(*) FROM product);
-- name: HavingSubqueryUnscoped
-- unsafe: the threshold depends on all tenants
SELECT category_id, count(*) FROM product WHERE organization_id = @organization_id GROUP BY category_id HAVING count(*) > (SELECT count(*) / 10 FROM product);
-- name: InLimit
-- unsafe: the first ten rows of all tenants
SELECT * FROM product WHERE organization_id = @organization_id AND id IN (SELECT id FROM product ORDER BY created_at LIMIT 10);
-- name: DerivedLimit
-- unsafe: the limit is applied to all tenants
SELECT * FROM (SELECT * FROM product ORDER BY price LIMIT 10) p WHERE p.organization_id = @organization_id;
-- name: WindowOverAll
-- unsafe: the rank is among all tenants
SELECT * FROM (SELECT organization_id, name, rank() OVER (ORDER BY price) AS place FROM product) p WHERE p.organization_id = @organization_id;
-- name: TwoWindows
-- unsafe: one of the windows spans tenants
SELECT * FROM (SELECT organization_id, rank() OVER (PARTITION BY organization_id ORDER BY price) AS a, count(*) OVER (PARTITION BY sku) AS b FROM product) WHERE organization_id = @organization_id;
-- name: GroupAcrossTenants
-- unsafe: a group holds rows of several tenants
SELECT * FROM (SELECT sku, organization_id, count(*) AS n FROM product GROUP BY sku) WHERE organization_id = @organization_id;
-- name: DerivedAggregate
-- unsafe: one row over all tenants
SELECT * FROM (SELECT count(*) AS n, organization_id FROM product) WHERE organization_id = @organization_id;
-- name: UnionOneBranch
-- unsafe: the second branch is not scoped
SELECT name FROM product WHERE organization_id = @organization_id UNION ALL SELECT name FROM team;
-- name: ExceptUnscoped
-- unsafe: what is taken away depends on all tenants
SELECT sku FROM product WHERE organization_id = @organization_id EXCEPT SELECT sku FROM product WHERE deleted_at IS NOT NULL;
-- name: CteUnscoped
-- unsafe: nothing scopes the expression
WITH all_products AS (SELECT id, name FROM product) SELECT * FROM all_products;
-- name: CteScopedButNotUsed
-- unsafe: the scoped expression is not the one read
WITH mine AS (SELECT * FROM product WHERE organization_id = @organization_id) SELECT p.* FROM product p;
-- name: CteShadow
-- unsafe: the inner product is the table
SELECT * FROM product WHERE id IN (WITH product AS (SELECT 'x' AS id) SELECT id FROM product);
-- name: RecursiveLeaves
-- unsafe: a step may reach another tenant's category
WITH RECURSIVE tree (id) AS (SELECT id FROM category WHERE organization_id = @organization_id UNION ALL SELECT c.id FROM category c JOIN tree ON c.parent_id = tree.id) SELECT * FROM tree;
-- name: RecursiveClimbs
-- unsafe: a parent may be another tenant's category
WITH RECURSIVE up (id, parent_id) AS (SELECT id, parent_id FROM category WHERE id = @id AND organization_id = @organization_id UNION ALL SELECT c.id, c.parent_id FROM category c JOIN up ON c.id = up.parent_id) SELECT id FROM up;
-- name: RecursiveFilteredLate
-- unsafe: rows of others decide how far the recursion goes
WITH RECURSIVE tree (id, org) AS (SELECT id, organization_id FROM category WHERE parent_id IS NULL UNION ALL SELECT c.id, tree.org FROM category c JOIN tree ON c.parent_id = tree.id) SELECT id FROM tree WHERE org = @organization_id;
-- name: DuplicateOutputName
-- unsafe: the filter reads the first column of that name
SELECT * FROM (SELECT o.id AS organization_id, p.organization_id, p.name FROM product p, organization o) x WHERE x.organization_id = @organization_id;
-- name: ShadowedColumn
-- unsafe: organization_id belongs to the inner table
SELECT * FROM product p WHERE EXISTS (SELECT 1 FROM team WHERE organization_id = @organization_id);
-- name: MissingColumnFallsOut
-- unsafe: team_id is not a column of team, so the outer one is compared with itself
SELECT * FROM team_member WHERE team_id IN (SELECT team_id FROM team WHERE organization_id = @organization_id);
-- name: JoinOnTrue
-- unsafe: nothing ties the product
SELECT p.name FROM organization o JOIN product p ON 1 WHERE o.id = @organization_id;
-- name: JoinWrongAlias
-- unsafe: the predicate is on the wrong alias
SELECT a.* FROM product a JOIN product b ON a.name = b.name WHERE b.organization_id = @organization_id;
-- name: NaturalJoinPlain
-- unsafe: name and created_at tie nothing
SELECT p.sku FROM team t JOIN product p USING (name) WHERE t.organization_id = @organization_id;
-- name: InconsistentSubqueryAlias
-- unsafe: compares the inner table with itself
SELECT * FROM product p WHERE p.category_id IN (SELECT c.id FROM category c WHERE c.organization_id = c.organization_id);
-- name: Schema
-- unsafe: describes the database
SELECT name, sql FROM sqlite_master;
-- name: DbStat
-- unsafe: sizes of all tenants
SELECT name, pgsize FROM dbstat;
-- name: PragmaFunction
-- unsafe: describes the database
SELECT * FROM pragma_table_info('product');
-- name: Sequence
-- unsafe: counts rows of all tenants
SELECT * FROM sqlite_sequence;
-- name: TempSchema
-- unsafe: nothing is known of other schemas
SELECT * FROM temp.product WHERE organization_id = @organization_id;
-- name: Attached
-- unsafe: nothing is known of other schemas
SELECT * FROM backup.product WHERE organization_id = @organization_id;
-- name: LastInsert
-- unsafe: the connection may have served another tenant
SELECT last_insert_rowid();
-- name: UnknownFunction
-- unsafe: it might read anything
SELECT lookup_price(sku) FROM product WHERE organization_id = @organization_id;
-- name: UnknownTable
-- unsafe: there is no such table
SELECT * FROM products WHERE organization_id = @organization_id;
-- name: UnknownColumn
-- unsafe: there is no such column
SELECT * FROM product WHERE tenant_id = @organization_id;
-- name: AmbiguousColumn
-- unsafe: either table could be meant
SELECT product.name FROM product, team WHERE organization_id = @organization_id;
-- name: InTable
-- unsafe: all countries are fine, but IN with a table name is not understood here and product is not scoped
SELECT * FROM product WHERE id IN team_member;
-- name: PragmaStatement
-- unsafe: not a query
PRAGMA table_info(product);
-- name: AttachStatement
-- unsafe: not a query
ATTACH DATABASE 'x.db' AS x;
-- name: DropTable
-- unsafe: not a query
DROP TABLE product;
-- name: Explain
-- unsafe: shows plans that depend on all tenants
EXPLAIN QUERY PLAN SELECT * FROM product WHERE organization_id = @organization_id;
-- name: TwoStatements
-- unsafe: the second is not scoped
SELECT 1; SELECT * FROM product;
-- name: OuterAggregate
-- unsafe: the inner count aggregates the outer rows
SELECT * FROM (SELECT p.organization_id, (SELECT count(p.id)) AS n FROM product p) x WHERE x.organization_id = @organization_id;
-- name: MyInvitationsByEmail
-- unsafe: an address does not name a user by key
SELECT i.* FROM invitation i JOIN user u ON u.email = i.email WHERE u.id = @user_id;
-- name: ActorAnyTeam
-- unsafe: nothing ties the team to the acting user
SELECT t.* FROM team t, member m WHERE m.user_id = @user_id;
-- name: ActorProducts
-- unsafe: a product names its creator, who may have left the organization
SELECT * FROM product WHERE created_by = @user_id;
-- name: ActorOr
-- unsafe: the second branch reaches every organization
SELECT o.* FROM organization o JOIN member m ON m.organization_id = o.id WHERE m.user_id = @user_id OR m.role = 'owner';
-- name: ActorColleaguesElsewhere
-- unsafe: memberships of colleagues in other organizations
SELECT theirs.organization_id FROM member me JOIN member them ON them.organization_id = me.organization_id JOIN member theirs ON theirs.user_id = them.user_id WHERE me.user_id = @user_id;
-- name: OnTrueLeft
-- unsafe: a NULL-extended row needs the absence of all others
SELECT t.name, p.id FROM team t LEFT JOIN product p ON p.name = t.name WHERE t.organization_id = @organization_id;
-- name: LeftJoinFilterIs
-- unsafe: products of others decide whether p is NULL
SELECT t.name FROM team t LEFT JOIN product p ON p.name = t.name WHERE t.organization_id = @organization_id AND (p.organization_id = @organization_id OR p.organization_id IS NULL);
-- name: InSelectNullPad
-- unsafe: NOT IN over all tenants
SELECT id FROM team WHERE organization_id = @organization_id AND name NOT IN (SELECT name FROM category);
-- name: OuterAggregateInSubquery
-- unsafe: the count aggregates the outer rows, though a subquery hides the column
SELECT * FROM (SELECT p.organization_id, (SELECT count((SELECT p.id))) AS n FROM product p) x WHERE x.organization_id = @organization_id;
-- name: OuterAggregateInFilter
-- unsafe: the filter makes the count one of the outer rows
SELECT * FROM (SELECT p.organization_id, (SELECT count(*) FILTER (WHERE p.price > 0)) AS n FROM product p) x WHERE x.organization_id = @organization_id;
-- name: OuterAggregateOrdered
-- unsafe: the order makes it an aggregate of the outer rows
SELECT * FROM (SELECT p.organization_id, (SELECT group_concat('x' ORDER BY p.price)) AS n FROM product p) x WHERE x.organization_id = @organization_id;
