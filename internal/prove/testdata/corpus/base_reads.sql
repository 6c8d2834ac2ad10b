-- Reads over schema base.sql. Each statement carries the verdict that the
-- meaning of its SQL demands.

-- name: ListProducts
-- safe
SELECT * FROM product WHERE organization_id = @organization_id ORDER BY created_at DESC;
-- name: GetProduct
-- safe
SELECT id, name, price FROM product WHERE id = @id AND organization_id = @organization_id;
-- name: GetProductReversed
-- safe
SELECT p.* FROM product AS p WHERE @organization_id = p.organization_id AND p.id = @id;
-- name: LiveProducts
-- safe
SELECT id, name FROM product WHERE deleted_at IS NULL AND organization_id = @organization_id LIMIT 50 OFFSET @offset;
-- name: CountProducts
-- safe
SELECT count(*) FROM product WHERE organization_id = @organization_id AND deleted_at IS NULL;
-- name: ProductsWithCreator
-- safe
SELECT p.id, p.name, u.name AS creator FROM product p JOIN user u ON u.id = p.created_by WHERE p.organization_id = @organization_id;
-- name: ProductsWithCreatorAndAssignee
-- safe
SELECT p.id, c.name, a.name, a.email FROM product p JOIN user c ON p.created_by = c.id LEFT JOIN user a ON a.id = p.assignee_id WHERE p.organization_id = @organization_id;
-- name: MembersWithUsers
-- safe
SELECT m.id, m.role, u.name, u.email, u.image FROM member m JOIN user u ON u.id = m.user_id WHERE m.organization_id = @organization_id ORDER BY u.name;
-- name: MemberByEmail
-- safe
SELECT m.* FROM member m INNER JOIN user u ON m.user_id = u.id WHERE u.email = @email AND m.organization_id = @organization_id;
-- name: UsersFromUserSide
-- safe
SELECT u.id, u.name FROM user u JOIN member m ON m.user_id = u.id WHERE m.organization_id = @organization_id AND u.name LIKE @search || '%';
-- name: UsersIn
-- safe
SELECT id, name FROM user WHERE id IN (SELECT user_id FROM member WHERE organization_id = @organization_id);
-- name: UsersExists
-- safe
SELECT u.id, u.email FROM user u WHERE EXISTS (SELECT 1 FROM member m WHERE m.user_id = u.id AND m.organization_id = @organization_id AND m.role = 'admin');
-- name: OneUserOfOrganization
-- safe
SELECT u.* FROM user u JOIN member m ON m.user_id = u.id AND m.organization_id = @organization_id WHERE u.id = @some_user;
-- name: Organization
-- safe
SELECT * FROM organization WHERE id = @organization_id;
-- name: OrganizationWithCounts
-- safe
SELECT o.id, o.name, (SELECT count(*) FROM member m WHERE m.organization_id = o.id) AS members, (SELECT count(*) FROM product p WHERE p.organization_id = o.id) AS products FROM organization o WHERE o.id = @organization_id;
-- name: TeamsWithMemberCount
-- safe
SELECT t.id, t.name, count(tm.id) AS members FROM team t LEFT JOIN team_member tm ON tm.team_id = t.id WHERE t.organization_id = @organization_id GROUP BY t.id ORDER BY members DESC;
-- name: TeamMembers
-- safe
SELECT u.id, u.name FROM team_member tm JOIN team t ON t.id = tm.team_id JOIN user u ON u.id = tm.user_id WHERE t.id = @team_id AND t.organization_id = @organization_id;
-- name: TeamMembersByPathIn
-- safe
SELECT * FROM team_member WHERE team_id IN (SELECT id FROM team WHERE organization_id = @organization_id);
-- name: TeamMembersByPathExists
-- safe
SELECT tm.* FROM team_member tm WHERE EXISTS (SELECT 1 FROM team WHERE team.id = tm.team_id AND team.organization_id = @organization_id);
-- name: TeamMembersByScalar
-- safe
SELECT * FROM team_member WHERE team_id = (SELECT id FROM team WHERE name = @name AND organization_id = @organization_id);
-- name: TeamMembersByScalarTenant
-- safe
SELECT * FROM team_member tm WHERE (SELECT organization_id FROM team WHERE id = tm.team_id) = @organization_id;
-- name: TeamCountSubquery
-- safe
SELECT t.*, (SELECT count(*) FROM team_member WHERE team_id = t.id) AS size FROM team t WHERE t.organization_id = @organization_id;
-- name: TeamCountDerived
-- safe
SELECT t.name, coalesce(c.n, 0) FROM team t LEFT JOIN (SELECT team_id, count(*) AS n FROM team_member GROUP BY team_id) c ON c.team_id = t.id WHERE t.organization_id = @organization_id;
-- name: LatestTeamMember
-- safe
SELECT t.name, (SELECT u.name FROM team_member tm JOIN user u ON u.id = tm.user_id WHERE tm.team_id = t.id ORDER BY tm.created_at DESC LIMIT 1) AS newest FROM team t WHERE t.organization_id = @organization_id;
-- name: InvitationsPending
-- safe
SELECT i.*, u.name AS inviter FROM invitation i JOIN user u ON u.id = i.inviter_id WHERE i.organization_id = @organization_id AND i.status = 'pending' AND i.expires_at > unixepoch();
-- name: InvitationByEmail
-- safe
SELECT * FROM invitation WHERE lower(email) = lower(@email) AND organization_id = @organization_id;
-- name: InvitationTeamSameTenant
-- safe
SELECT i.email, t.name FROM invitation i LEFT JOIN team t ON t.id = i.team_id AND t.organization_id = i.organization_id WHERE i.organization_id = @organization_id;
-- name: ProductsWithCategory
-- safe
SELECT p.name, c.name AS category FROM product p LEFT JOIN category c ON c.id = p.category_id AND c.organization_id = p.organization_id WHERE p.organization_id = @organization_id;
-- name: ProductsWithCategoryParam
-- safe
SELECT p.name, c.name AS category FROM product p LEFT JOIN category c ON c.id = p.category_id AND c.organization_id = @organization_id WHERE p.organization_id = @organization_id;
-- name: ProductsInCategoryInner
-- safe
SELECT p.* FROM product p JOIN category c ON c.id = p.category_id WHERE p.organization_id = @organization_id AND c.organization_id = @organization_id AND c.name = @category;
-- name: CategoryFilteredByWhere
-- safe
SELECT p.name, c.name FROM product p LEFT JOIN category c ON c.id = p.category_id WHERE c.organization_id = @organization_id AND p.organization_id = @organization_id;
-- name: CommaJoin
-- safe
SELECT p.name, u.name FROM product p, user u WHERE u.id = p.created_by AND p.organization_id = @organization_id;
-- name: CrossJoin
-- safe
SELECT t.name, c.name FROM team t CROSS JOIN country c WHERE t.organization_id = @organization_id;
-- name: Countries
-- safe
SELECT code, name FROM country ORDER BY name;
-- name: NoTable
-- safe
SELECT unixepoch() AS now, @x AS echo;
-- name: UsingJoin
-- safe
SELECT p.name, t.name FROM product p JOIN team t USING (organization_id) WHERE organization_id = @organization_id;
-- name: UsingLeft
-- safe
SELECT o.name, count(t.id) FROM organization o LEFT JOIN team t ON t.organization_id = o.id WHERE o.id = @organization_id GROUP BY o.id;
-- name: RightJoin
-- safe
SELECT u.name, m.role FROM user u RIGHT JOIN member m ON u.id = m.user_id WHERE m.organization_id = @organization_id;
-- name: FullJoinDerived
-- safe
SELECT a.id, b.id FROM (SELECT id, name FROM team WHERE organization_id = @organization_id) a FULL JOIN (SELECT id, name FROM category WHERE organization_id = @organization_id) b ON a.name = b.name;
-- name: AndInsideParens
-- safe
SELECT * FROM product WHERE (organization_id = @organization_id AND (name LIKE @q OR sku LIKE @q));
-- name: SearchOptionalFilters
-- safe
SELECT * FROM product WHERE organization_id = @organization_id AND (@category IS NULL OR category_id = @category) AND (@min IS NULL OR price >= @min) AND (@q IS NULL OR name LIKE '%' || @q || '%') ORDER BY CASE WHEN @sort = 'price' THEN price END, name LIMIT @limit;
-- name: KeysetPage
-- safe
SELECT id, created_at FROM product WHERE organization_id = @organization_id AND (created_at, id) < (@created_at, @id) ORDER BY created_at DESC, id DESC LIMIT 20;
-- name: KeysetPageOr
-- safe
SELECT id, name FROM product WHERE organization_id = @organization_id AND (name > @name OR (name = @name AND id > @id)) ORDER BY name, id LIMIT 20;
-- name: OrBothScoped
-- safe
SELECT * FROM product WHERE (organization_id = @organization_id AND price < 10) OR (organization_id = @organization_id AND stock = 0);
-- name: OrOfEquals
-- safe
SELECT * FROM product WHERE organization_id = @organization_id OR organization_id = @organization_id;
-- name: InOneTenant
-- safe
SELECT * FROM product WHERE organization_id IN (@organization_id);
-- name: InSelfTenant
-- safe
SELECT * FROM product WHERE organization_id IN (SELECT id FROM organization WHERE id = @organization_id);
-- name: IsTenant
-- safe
SELECT * FROM product WHERE organization_id IS @organization_id;
-- name: NotDistinctFromTenant
-- safe
SELECT * FROM product WHERE organization_id IS NOT DISTINCT FROM @organization_id;
-- name: NotNotEqual
-- safe
SELECT * FROM product WHERE NOT (organization_id <> @organization_id);
-- name: DeMorgan
-- safe
SELECT * FROM product WHERE NOT (organization_id <> @organization_id OR deleted_at IS NOT NULL);
-- name: RowValueEqual
-- safe
SELECT * FROM product WHERE (organization_id, sku) = (@organization_id, @sku);
-- name: RowValueIn
-- safe
SELECT * FROM product WHERE (organization_id, category_id) IN (SELECT organization_id, id FROM category WHERE organization_id = @organization_id AND name = @name);
-- name: IdsFromJson
-- safe
SELECT p.* FROM product p WHERE p.organization_id = @organization_id AND p.id IN (SELECT value FROM json_each(@ids));
-- name: JoinJsonEach
-- safe
SELECT p.id, j.value FROM product p JOIN json_each(@ids) j ON j.value = p.id WHERE p.organization_id = @organization_id;
-- name: JsonAttributes
-- safe
SELECT p.id, a.key, a.value FROM product p, json_each(p.attributes) a WHERE p.organization_id = @organization_id;
-- name: JsonAttributeFilter
-- safe
SELECT id, attributes ->> '$.color' AS color FROM product WHERE organization_id = @organization_id AND json_extract(attributes, '$.size') = @size;
-- name: GroupByCategory
-- safe
SELECT category_id, count(*) AS n, avg(price), sum(stock) FROM product WHERE organization_id = @organization_id GROUP BY category_id HAVING count(*) > @min ORDER BY n DESC;
-- name: MonthlyReport
-- safe
SELECT strftime('%Y-%m', created_at, 'unixepoch') AS month, count(*) FROM product WHERE organization_id = @organization_id GROUP BY month ORDER BY month;
-- name: WindowRank
-- safe
SELECT id, name, rank() OVER (PARTITION BY category_id ORDER BY price DESC) AS place, sum(price) OVER w AS running FROM product WHERE organization_id = @organization_id WINDOW w AS (ORDER BY created_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW);
-- name: TopPerCategory
-- safe
SELECT * FROM (SELECT p.*, row_number() OVER (PARTITION BY category_id ORDER BY price DESC) AS n FROM product p WHERE organization_id = @organization_id) WHERE n <= 3;
-- name: WindowPartitionedByTenant
-- safe
SELECT * FROM (SELECT id, organization_id, row_number() OVER (PARTITION BY organization_id ORDER BY price) AS n FROM product) x WHERE x.organization_id = @organization_id AND x.n <= 10;
-- name: DerivedPushdown
-- safe
SELECT p.name FROM (SELECT id, organization_id, name FROM product WHERE deleted_at IS NULL) p WHERE p.organization_id = @organization_id;
-- name: DerivedGroupPushdown
-- safe
SELECT s.n, s.total FROM (SELECT organization_id, count(*) AS n, sum(price) AS total FROM product GROUP BY organization_id) s WHERE s.organization_id = @organization_id;
-- name: CteSimple
-- safe
WITH mine AS (SELECT * FROM product WHERE organization_id = @organization_id) SELECT m.name, u.name FROM mine m JOIN user u ON u.id = m.created_by;
-- name: CteChain
-- safe
WITH live AS (SELECT * FROM product WHERE organization_id = @organization_id AND deleted_at IS NULL), cheap AS (SELECT id, name, price FROM live WHERE price < @max) SELECT count(*), avg(price) FROM cheap;
-- name: CteFilteredOutside
-- safe
WITH totals AS (SELECT organization_id, category_id, count(*) AS n FROM product GROUP BY organization_id, category_id) SELECT category_id, n FROM totals WHERE organization_id = @organization_id;
-- name: CteMaterialized
-- safe
WITH m (uid, since) AS MATERIALIZED (SELECT user_id, created_at FROM member WHERE organization_id = @organization_id) SELECT u.name, m.since FROM m JOIN user u ON u.id = m.uid;
-- name: CteTenantInput
-- safe
WITH input (org) AS (SELECT @organization_id) SELECT p.id FROM input JOIN product p ON p.organization_id = input.org;
-- name: RecursiveTreeScoped
-- safe
WITH RECURSIVE tree (id, name, depth) AS (SELECT id, name, 0 FROM category WHERE organization_id = @organization_id AND parent_id IS NULL UNION ALL SELECT c.id, c.name, tree.depth + 1 FROM category c JOIN tree ON c.parent_id = tree.id WHERE c.organization_id = @organization_id) SELECT * FROM tree ORDER BY depth;
-- name: RecursiveCarriesTenant
-- safe
WITH RECURSIVE tree AS (SELECT id, organization_id, parent_id FROM category WHERE id = @id AND organization_id = @organization_id UNION SELECT c.id, c.organization_id, c.parent_id FROM category c JOIN tree t ON c.id = t.parent_id AND c.organization_id = t.organization_id) SELECT id FROM tree;
-- name: RecursiveCounter
-- safe
WITH RECURSIVE days (d) AS (SELECT 0 UNION ALL SELECT d + 1 FROM days WHERE d < 30) SELECT d, (SELECT count(*) FROM product WHERE organization_id = @organization_id AND created_at / 86400 = d) FROM days;
-- name: RecursiveFeedsProducts
-- safe
WITH RECURSIVE sub (id) AS (SELECT id FROM category WHERE id = @root AND organization_id = @organization_id UNION ALL SELECT c.id FROM category c, sub WHERE c.parent_id = sub.id AND c.organization_id = @organization_id) SELECT p.* FROM product p WHERE p.category_id IN (SELECT id FROM sub) AND p.organization_id = @organization_id;
-- name: UnionBoth
-- safe
SELECT id, name, 'product' AS kind FROM product WHERE organization_id = @organization_id UNION ALL SELECT id, name, 'team' FROM team WHERE organization_id = @organization_id ORDER BY name LIMIT 20;
-- name: UnionInDerived
-- safe
SELECT kind, count(*) FROM (SELECT organization_id, 'p' AS kind FROM product UNION ALL SELECT organization_id, 't' FROM team) x WHERE x.organization_id = @organization_id GROUP BY kind;
-- name: UnionUsers
-- safe
SELECT u.name FROM user u JOIN (SELECT created_by AS uid FROM product WHERE organization_id = @organization_id UNION SELECT user_id FROM member WHERE organization_id = @organization_id) x ON x.uid = u.id;
-- name: ExceptScoped
-- safe
SELECT user_id FROM member WHERE organization_id = @organization_id EXCEPT SELECT assignee_id FROM product WHERE organization_id = @organization_id;
-- name: IntersectScoped
-- safe
SELECT user_id FROM member WHERE organization_id = @organization_id INTERSECT SELECT created_by FROM product WHERE organization_id = @organization_id;
-- name: NotExists
-- safe
SELECT c.* FROM category c WHERE c.organization_id = @organization_id AND NOT EXISTS (SELECT 1 FROM product p WHERE p.category_id = c.id AND p.organization_id = c.organization_id);
-- name: NotIn
-- safe
SELECT m.user_id FROM member m WHERE m.organization_id = @organization_id AND m.user_id NOT IN (SELECT p.created_by FROM product p WHERE p.organization_id = @organization_id);
-- name: AntiJoin
-- safe
SELECT c.id FROM category c LEFT JOIN product p ON p.category_id = c.id AND p.organization_id = c.organization_id WHERE c.organization_id = @organization_id AND p.id IS NULL;
-- name: AnyOfTwoExists
-- safe
SELECT u.id, u.name FROM user u WHERE EXISTS (SELECT 1 FROM member m WHERE m.user_id = u.id AND m.organization_id = @organization_id) OR EXISTS (SELECT 1 FROM invitation i WHERE i.inviter_id = u.id AND i.organization_id = @organization_id);
-- name: CaseExpression
-- safe
SELECT id, CASE WHEN stock = 0 THEN 'out' WHEN stock < 10 THEN 'low' ELSE 'ok' END AS level FROM product WHERE organization_id = @organization_id;
-- name: ScalarSubqueryAverage
-- safe
SELECT id FROM product WHERE organization_id = @organization_id AND price > (SELECT avg(price) FROM product WHERE organization_id = @organization_id);
-- name: CorrelatedSameTenant
-- safe
SELECT p.id FROM product p WHERE p.organization_id = @organization_id AND p.price = (SELECT max(q.price) FROM product q WHERE q.organization_id = p.organization_id AND q.category_id IS p.category_id);
-- name: MembershipCheck
-- safe
SELECT EXISTS (SELECT 1 FROM member WHERE organization_id = @organization_id AND user_id = @user_id) AS is_member;
-- name: DistinctAssignees
-- safe
SELECT DISTINCT u.id, u.name FROM product p JOIN user u ON u.id = p.assignee_id WHERE p.organization_id = @organization_id;
-- name: GroupConcatMembers
-- safe
SELECT t.name, group_concat(u.name, ', ') FROM team t JOIN team_member tm ON tm.team_id = t.id JOIN user u ON u.id = tm.user_id WHERE t.organization_id = @organization_id GROUP BY t.id;
-- name: JsonOfMembers
-- safe
SELECT json_group_array(json_object('id', m.id, 'name', u.name)) FROM member m JOIN user u ON u.id = m.user_id WHERE m.organization_id = @organization_id;
-- name: FilterClause
-- safe
SELECT count(*) FILTER (WHERE deleted_at IS NULL), count(*) FILTER (WHERE deleted_at IS NOT NULL) FROM product WHERE organization_id = @organization_id;
-- name: QuotedNames
-- safe
SELECT "p"."name" FROM [product] AS "p" WHERE `p`.`organization_id` = @organization_id;
-- name: MainSchema
-- safe
SELECT * FROM main.product WHERE product.organization_id = @organization_id;
-- name: CaseInsensitiveNames
-- safe
SELECT * FROM PRODUCT WHERE Organization_ID = @organization_id;
-- name: CastTenant
-- safe
SELECT * FROM product WHERE organization_id = CAST(@organization_id AS TEXT);
-- name: TenantLikePlus
-- safe
SELECT * FROM product WHERE organization_id = @organization_id AND name LIKE @organization_id;
-- name: BetweenDates
-- safe
SELECT count(*) FROM product WHERE organization_id = @organization_id AND created_at BETWEEN @from AND @to;
-- name: PreferencesOfMembers
-- safe
SELECT f.theme, count(*) FROM preference f JOIN member m ON m.user_id = f.user_id WHERE m.organization_id = @organization_id GROUP BY f.theme;
-- name: TeamMemberAndProductCreator
-- safe
SELECT tm.user_id, p.name FROM team t JOIN team_member tm ON tm.team_id = t.id JOIN product p ON p.organization_id = t.organization_id AND p.created_by = tm.user_id WHERE t.organization_id = @organization_id;
-- name: NestedExists
-- safe
SELECT o.name FROM organization o WHERE o.id = @organization_id AND EXISTS (SELECT 1 FROM team t WHERE t.organization_id = o.id AND EXISTS (SELECT 1 FROM team_member tm WHERE tm.team_id = t.id AND tm.user_id = @member));
-- name: ValuesJoin
-- safe
SELECT v.column1, p.name FROM (VALUES ('a'), ('b')) v JOIN product p ON p.sku = v.column1 WHERE p.organization_id = @organization_id;
-- name: HavingTenant
-- safe
SELECT organization_id, count(*) FROM product GROUP BY organization_id HAVING organization_id = @organization_id;
-- name: SelfJoinByTenant
-- safe
SELECT a.id, b.id FROM product a JOIN product b ON b.organization_id = a.organization_id AND b.name = a.name AND b.id > a.id WHERE a.organization_id = @organization_id;
-- name: SelfJoinById
-- safe
SELECT a.name, b.price FROM product a JOIN product b ON b.id = a.id WHERE b.organization_id = @organization_id;
-- name: ParentCategory
-- safe
SELECT c.name, parent.name FROM category c LEFT JOIN category parent ON parent.id = c.parent_id AND parent.organization_id = c.organization_id WHERE c.organization_id = @organization_id;
-- name: ChainedLeftJoins
-- safe
SELECT p.name, c.name, g.name FROM product p LEFT JOIN category c ON c.id = p.category_id AND c.organization_id = p.organization_id LEFT JOIN category g ON g.id = c.parent_id AND g.organization_id = c.organization_id WHERE p.organization_id = @organization_id;
-- name: LeftJoinThenUser
-- safe
SELECT t.name, u.name FROM team t LEFT JOIN team_member tm ON tm.team_id = t.id LEFT JOIN user u ON u.id = tm.user_id WHERE t.organization_id = @organization_id;
-- name: ParenthesisedJoin
-- safe
SELECT t.name, u.name FROM team t LEFT JOIN (team_member tm JOIN user u ON u.id = tm.user_id) ON tm.team_id = t.id WHERE t.organization_id = @organization_id;
-- name: AliasInWhere
-- safe
SELECT organization_id AS org, name FROM product WHERE org = @organization_id;
-- name: SubqueryInOrderBy
-- safe
SELECT t.id FROM team t WHERE t.organization_id = @organization_id ORDER BY (SELECT count(*) FROM team_member tm WHERE tm.team_id = t.id) DESC;
-- name: SubqueryInLimit
-- safe
SELECT id FROM product WHERE organization_id = @organization_id LIMIT (SELECT count(*) FROM team WHERE organization_id = @organization_id);
-- name: MyMembershipInOrganization
-- safe
SELECT m.role, u.name FROM member m JOIN user u ON u.id = m.user_id WHERE m.organization_id = @organization_id AND m.user_id = @user_id;
-- name: ActorInTenantQuery
-- safe
SELECT u.name, (SELECT count(*) FROM product p WHERE p.organization_id = @organization_id AND p.created_by = u.id) FROM user u WHERE u.id = @user_id;
-- name: CoalesceNames
-- safe
SELECT p.id, coalesce(a.name, c.name) FROM product p JOIN user c ON c.id = p.created_by LEFT JOIN user a ON a.id = p.assignee_id WHERE p.organization_id = @organization_id;
-- name: CountDistinct
-- safe
SELECT count(DISTINCT created_by) FROM product WHERE organization_id = @organization_id;
-- name: IndexedBy
-- safe
SELECT id FROM product INDEXED BY product_category WHERE organization_id = @organization_id AND category_id = @c;
-- name: Rowid
-- safe
SELECT rowid, name FROM product WHERE organization_id = @organization_id ORDER BY rowid;

-- name: MyOrganizations
-- safe: actor
SELECT o.*, m.role FROM organization o JOIN member m ON m.organization_id = o.id WHERE m.user_id = @user_id ORDER BY o.name;
-- name: MyOrganizationsIn
-- safe: actor
SELECT * FROM organization WHERE id IN (SELECT organization_id FROM member WHERE user_id = @user_id);
-- name: Me
-- safe: actor
SELECT id, name, email FROM user WHERE id = @user_id;
-- name: MyMemberships
-- safe: actor
SELECT * FROM member WHERE user_id = @user_id;
-- name: MyTeams
-- safe: actor
SELECT t.* FROM team t JOIN team_member tm ON tm.team_id = t.id WHERE tm.user_id = @user_id;
-- name: MyTeamsThroughMembership
-- safe: actor
SELECT t.* FROM team t JOIN member m ON m.organization_id = t.organization_id WHERE m.user_id = @user_id;
-- name: MyPreferences
-- safe: actor
SELECT * FROM preference WHERE user_id = @user_id;
-- name: MyColleagues
-- safe: actor
SELECT DISTINCT u.id, u.name FROM member me JOIN member them ON them.organization_id = me.organization_id JOIN user u ON u.id = them.user_id WHERE me.user_id = @user_id;
-- name: MyProductsEverywhere
-- safe: actor
SELECT p.name, o.name FROM member m JOIN organization o ON o.id = m.organization_id JOIN product p ON p.organization_id = m.organization_id WHERE m.user_id = @user_id AND p.created_by = @user_id;
-- name: MyOrganizationCounts
-- safe: actor
SELECT o.id, (SELECT count(*) FROM member x WHERE x.organization_id = o.id) FROM organization o WHERE EXISTS (SELECT 1 FROM member m WHERE m.organization_id = o.id AND m.user_id = @user_id);
